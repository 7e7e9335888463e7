import sharp from 'sharp'
import { checkImageSize } from '../../../limits.ts'
import type { AssociatedImage } from '../../content.ts'
import { copyPixels, newPixels, packed, partOf } from '../../pixels/pixel-window.ts'
import { gridOf, type SourceLevel } from '../../source.ts'
import { openBytes } from './dicom-file.ts'
import { openLevel } from './dicom-level.ts'
import { FrameDecoder } from './frame-decoder.ts'
import type { DicomInstance } from './instance.ts'
import { checkPixels } from './pixel-format.ts'

/** Label, macro and thumbnail of a series, the first of each. */
export function associatedIn(instances: readonly DicomInstance[]): AssociatedImage[] {
  const images = new Map<string, AssociatedImage>()
  for (const instance of instances) {
    const { role } = instance
    if (role === 'volume' || images.has(role)) continue
    images.set(role, { name: role, toJpeg: () => toJpeg(instance) })
  }
  return [...images.values()]
}

async function toJpeg(instance: DicomInstance): Promise<Buffer> {
  checkPixels(instance)
  checkImageSize(instance.widthPx, instance.heightPx)
  const decoder = new FrameDecoder(1)
  const file = await openBytes(instance.path)
  try {
    const pixels = await wholeOf(await openLevel([{ instance, file, firstFrame: 0 }], decoder))
    const raw = { width: pixels.widthPx, height: pixels.heightPx, channels: 3 } as const
    return await sharp(packed(pixels), { raw }).jpeg({ quality: 90 }).toBuffer()
  } finally {
    await decoder.close()
    await file.close()
  }
}

async function wholeOf(level: SourceLevel) {
  const { widthPx, heightPx, tileWidthPx, tileHeightPx } = level
  const { columns, rows } = gridOf(level)
  const whole = newPixels(widthPx, heightPx)
  for (let row = 0; row < rows; row++)
    for (const tile of await level.readTiles(row, 0, columns)) {
      const [xPx, yPx] = [tile.column * tileWidthPx, row * tileHeightPx]
      const window = newPixels(tileWidthPx, tileHeightPx)
      await level.decode(tile, window, 1)
      copyPixels(
        window,
        partOf(whole, xPx, yPx, Math.min(tileWidthPx, widthPx - xPx), Math.min(tileHeightPx, heightPx - yPx))
      )
    }
  return whole
}
