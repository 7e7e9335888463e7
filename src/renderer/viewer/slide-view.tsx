import { useEffect, useState } from 'react'
import { readSidecar, type Sidecar } from './sidecar.ts'
import { ZoomView } from './zoom-view.tsx'

/** A slide with its scale; the picture doesn't wait for the scale. */
export function SlideView({ jobId, url }: { jobId: string; url: string }) {
  const sidecar = useSidecar(jobId)
  return <ZoomView source={{ type: 'pyramid', url }} scale={sidecar ?? {}} withScaleBar={sidecar !== undefined} />
}

/** Undefined until it was read; empty where the slide has none. */
export function useSidecar(jobId: string): Sidecar | undefined {
  const [sidecar, setSidecar] = useState<Sidecar>()
  useEffect(() => {
    const leaving = new AbortController()
    readSidecar(jobId, leaving.signal).then(setSidecar, () => {
      if (!leaving.signal.aborted) setSidecar({})
    })
    return () => leaving.abort()
  }, [jobId])
  return sidecar
}
