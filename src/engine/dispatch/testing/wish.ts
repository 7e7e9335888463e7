import type { DispatchWish } from '../dispatch-api.ts'

/** What a test submits unless it says otherwise. */
export const wish: DispatchWish = {
  sourceUrl: 'http://files.lab.example/a/film.mp4',
  targetCodec: 'h264',
  profile: 'h264',
  jobSizeMb: 0,
  maxRetries: 3,
  priority: 'normal'
}
