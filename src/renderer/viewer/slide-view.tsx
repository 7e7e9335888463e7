import { useEffect, useState } from 'react'
import type { Job } from '../../shared/domain/jobs.ts'
import type { Growth } from './growth.ts'
import { readSidecar, type Sidecar } from './sidecar.ts'
import type { ZoomSource } from './tile-source.ts'
import { ZoomView } from './zoom-view.tsx'

/** A slide with its scale; the picture doesn't wait for the scale, nor for the slide's last tile. */
export function SlideView({ job, source }: { job: Job; source: ZoomSource }) {
  const done = job.state === 'completed'
  const sidecar = useSidecar(job.id, done)
  const [wasGrowing] = useState(!done)
  const growth = wasGrowing ? growthOf(job) : undefined
  return <ZoomView source={source} scale={sidecar ?? {}} withScaleBar={sidecar !== undefined} growth={growth} />
}

function growthOf({ id, state, progress }: Job): Growth {
  const done = state === 'completed'
  return { progress: done ? undefined : progress, preview: `/jobs/${encodeURIComponent(id)}/thumb` }
}

/** Undefined until it was read; empty where the slide has none. Read again once the slide is `done`: a growing one says its scale only. */
function useSidecar(jobId: string, done: boolean): Sidecar | undefined {
  const [sidecar, setSidecar] = useState<Sidecar>()
  useEffect(() => {
    const leaving = new AbortController()
    readSidecar(jobId, leaving.signal).then(setSidecar, () => {
      if (done && !leaving.signal.aborted) setSidecar((before) => before ?? {})
    })
    return () => leaving.abort()
  }, [jobId, done])
  return sidecar
}
