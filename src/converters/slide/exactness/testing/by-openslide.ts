import type { PixelWindow } from '../../pixels/pixel-window.ts'
import { readOpenSlide } from '../../readers/openslide/index.ts'
import { pixelsOf, withLevels } from '../../readers/tiff/testing/open-tiff.ts'

/** The full size of a slide as OpenSlide shows it. */
export async function byOpenSlide(path: string): Promise<PixelWindow> {
  const slide = await readOpenSlide({ path, sizeBytes: 1 }, process.env.MICROTOME_OPENSLIDE_PATH)
  return withLevels(slide, async ({ levels: [full] }) => {
    if (!full) throw new Error('no level')
    return pixelsOf(full)
  })
}
