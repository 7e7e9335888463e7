import type { Job } from '../../shared/domain/jobs.ts'
import { kindOfProfile } from '../../shared/domain/profiles.ts'
import { NothingToShow } from './nothing-to-show.tsx'
import { isViewable } from './results.ts'
import { SlideView } from './slide-view.tsx'
import { VideoView } from './video-view.tsx'
import { ZoomView } from './zoom-view.tsx'

/** A result in the viewer that fits it: what the profile made decides, not what was dropped. */
export function ResultView({ job }: { job: Job }) {
  if (!isViewable(job))
    return <NothingToShow why="There is no result to look at yet." hint="It can be seen once the job is completed." />
  const url = `/results/${encodeURIComponent(job.id)}`
  switch (kindOfProfile(job.profile.name)) {
    case 'slide':
      return <SlideView jobId={job.id} url={`${url}/slide.dzi`} />
    case 'image':
      return <ZoomView source={{ type: 'image', url: `${url}/file` }} scale={{}} />
    case 'video':
      return <VideoView job={job} url={`${url}/file`} />
  }
}
