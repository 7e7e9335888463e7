import sharp from 'sharp'
import { withIcc } from '../../color/embed-icc.ts'
import { type Geometry, tileRect } from '../../pyramid/geometry.ts'

type ReadTile = (level: number, column: number, row: number) => Promise<Buffer>

/** It is a picture to show the slide by. */
const quality = 90

/** The largest size in which the whole image is given: that of one tile at most. */
function wholeSize({ widthPx, heightPx, tileSizePx }: Geometry): { widthPx: number; heightPx: number } {
  const share = Math.min(1, tileSizePx / widthPx, tileSizePx / heightPx)
  return { widthPx: Math.max(1, Math.round(widthPx * share)), heightPx: Math.max(1, Math.round(heightPx * share)) }
}

/**
 * The image that level 0 demands at `full/max`, made of the four tiles or fewer of the level above the last. Undefined where
 * the last level is the image itself.
 */
export async function wholeImage(geometry: Geometry, read: ReadTile, icc?: Buffer): Promise<Buffer | undefined> {
  const above = geometry.levels.at(-2)
  if (!above) return undefined
  const pieces = []
  for (let row = 0; row < above.rows; row++)
    for (let column = 0; column < above.columns; column++) {
      const { xPx: left, yPx: top } = tileRect(geometry, above, column, row)
      // Pixels as they are: the profile, if there is one, goes into the picture that is made of them.
      const input = await sharp(await read(above.index, column, row), { ignoreIcc: true })
        .png()
        .toBuffer()
      pieces.push({ input, left, top })
    }
  const { widthPx: width, heightPx: height } = wholeSize(geometry)
  const canvas = { width: above.widthPx, height: above.heightPx, channels: 3 as const, background: '#ffffff' }
  const picture = await sharp({ create: canvas }).composite(pieces).removeAlpha().png().toBuffer()
  const jpeg = await sharp(picture).resize(width, height, { fit: 'fill' }).jpeg({ quality }).toBuffer()
  return icc ? withIcc(jpeg, icc) : jpeg
}
