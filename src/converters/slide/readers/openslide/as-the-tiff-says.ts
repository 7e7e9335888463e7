import type { SlideContent } from '../../content.ts'
import { describeTiff } from '../tiff/index.ts'

/**
 * A TIFF of no scanner, read by OpenSlide for its compression or samples: scale, colour profile, words and pictures of the
 * glass come from its tags, which OpenSlide doesn't interpret. Undefined where OpenSlide's picture is not the slide:
 * it takes the first tiled page, which may be the label, and mixes the colours of four inks by rule of thumb.
 */
export async function asTheTiffSays(content: SlideContent, path: string): Promise<SlideContent | undefined> {
  const tiff = await describeTiff({ path, sizeBytes: 0 })
  if (!tiff) return content
  const { widthPx, heightPx, format, properties, chosen, icc, identifying, associated } = tiff
  if (tiff.hasInks || widthPx !== content.widthPx || heightPx !== content.heightPx) return undefined
  return { ...content, format, properties, ...(chosen && { chosen }), ...(icc && { icc }), identifying, associated }
}
