import type { Converter } from '../converter.ts'
import type { SlideContent } from './content.ts'
import { convertSlide } from './convert-slide.ts'
import { slideThumbnail } from './thumbnail.ts'

/** Slides (and plain images, on request) to pyramids of tiles. */
export const slideConverter: Converter<SlideContent> = {
  // A result is checked while its source is still open: by `convertSlide`.
  verifyShare: 0,
  describe: ({
    format,
    widthPx,
    heightPx,
    levels,
    tileSizePx,
    copyable,
    parts,
    chosen,
    properties: { mpp, magnification }
  }) => ({
    kind: 'slide',
    format,
    widthPx,
    heightPx,
    levels: levels.length,
    copyable,
    ...(tileSizePx !== undefined && { tileSizePx }),
    ...(mpp !== undefined && { mpp }),
    ...(magnification !== undefined && { magnification }),
    ...(chosen !== undefined && { chosen }),
    ...(parts && { parts })
  }),
  thumbnail: slideThumbnail,
  plan: (source, content, profile) => [{ source, content, profile, part: 0, parts: 1 }],
  convert: convertSlide,
  join: async ([only]) => {
    if (!only) throw new Error('a plan without tasks')
    return only
  },
  verify: async () => undefined
}
