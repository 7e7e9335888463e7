import type { DeepZoomGeometry, SlideScale } from '../service-api.ts'
import type { StoredJob } from './job-store.ts'

/** As the converter cuts a slide without tiles of its own. */
const usualTilePx = 256

/**
 * What the descriptor of a Deep Zoom folder is going to say, and the scale of its slide; both are written last, but all of it is known from the look at the slide.
 * Undefined for other results, and where nobody looked.
 */
export function growingGeometry({
  profile,
  source
}: Pick<StoredJob, 'profile' | 'source'>): (DeepZoomGeometry & SlideScale) | undefined {
  const { slide } = source
  if (profile.name !== 'dzi' || !slide) return undefined
  const { tileSizePx, overlapPx } = profile.options
  return {
    widthPx: slide.widthPx,
    heightPx: slide.heightPx,
    tileSizePx: typeof tileSizePx === 'number' ? tileSizePx : (slide.tileSizePx ?? usualTilePx),
    overlapPx: typeof overlapPx === 'number' ? overlapPx : 0,
    mpp: slide.mpp,
    magnification: slide.magnification
  }
}

/** Whether the viewer may open a slide's job that is at work already: only this node's own staging folder can be looked into. */
export function viewableWhileRunning(job: StoredJob, runsHere: boolean): 'now' | 'later' | undefined {
  const atWork = job.state === 'running' || job.state === 'verifying'
  if (!atWork || job.kind !== 'slide' || job.profile.name === 'bigtiff') return undefined
  return runsHere && growingGeometry(job) ? 'now' : 'later'
}
