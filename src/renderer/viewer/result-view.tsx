import type { Job } from '../../shared/domain/jobs.ts'
import { kindOfProfile } from '../../shared/domain/profiles.ts'
import { canBeViewed } from '../jobs/index.ts'
import { ForeignFormat } from './foreign-format.tsx'
import { NothingToShow } from './nothing-to-show.tsx'
import { SlideView } from './slide-view.tsx'
import type { ZoomSource } from './tile-source.ts'
import { VideoView } from './video-view.tsx'
import { ZoomView } from './zoom-view.tsx'

/** A result in the viewer that fits it: what the profile made decides, not what was dropped. */
export function ResultView({ job }: { job: Job }) {
  if (!canBeViewed(job)) return <NothingYet job={job} />
  const url = new URL(`/results/${encodeURIComponent(job.id)}`, window.location.href).href
  switch (kindOfProfile(job.profile.name)) {
    case 'slide': {
      const source = slideSource(job, url)
      return source ? <SlideView job={job} source={source} /> : <ForeignFormat job={job} />
    }
    case 'image':
      return <ZoomView source={{ type: 'image', url: `${url}/file` }} scale={{}} />
    case 'video':
      return <VideoView job={job} url={`${url}/file`} />
  }
}

/** Undefined for a format that no page can show. */
function slideSource({ profile }: Job, url: string): ZoomSource | undefined {
  switch (profile.name) {
    case 'dzi':
    case 'szi':
      return { type: 'deep-zoom', url: `${url}/slide.dzi` }
    case 'iiif3':
      return { type: 'iiif3', url: `${url}/iiif/` }
    case 'zoomify':
      return { type: 'zoomify', url: `${url}/zoomify/` }
    default:
      return undefined
  }
}

function NothingYet({ job }: { job: Job }) {
  if (job.state === 'failed' || job.state === 'cancelled')
    return <NothingToShow why="This conversion did not come to its end." hint="Its details say why. Retry it there." />
  return <NothingToShow why="There is no result to look at yet." hint="It can be seen once the job is completed." />
}
