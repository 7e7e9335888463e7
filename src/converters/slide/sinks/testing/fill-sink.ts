import sharp from 'sharp'
import { type Geometry, type PyramidLevel, tileRect } from '../../pyramid/geometry.ts'
import type { TileSink } from '../../sink.ts'

/** A picture of which every tile differs. */
export async function testPicture(widthPx: number, heightPx: number): Promise<Buffer> {
  const data = Buffer.alloc(widthPx * heightPx * 3)
  for (let i = 0; i < data.length; i++) data[i] = 128 + 90 * Math.sin(i / 611) + (i % 31)
  return sharp(data, { raw: { width: widthPx, height: heightPx, channels: 3 } })
    .png()
    .toBuffer()
}

/** The JPEG of one tile, cut from the picture as it is at that level; what lies beyond it is white. */
export async function tileOf(
  picture: Buffer,
  geometry: Geometry,
  level: PyramidLevel,
  column: number,
  row: number
): Promise<Buffer> {
  const { xPx, yPx, widthPx, heightPx } = tileRect(geometry, level, column, row)
  const right = Math.max(0, xPx + widthPx - level.widthPx)
  const bottom = Math.max(0, yPx + heightPx - level.heightPx)
  const size = { left: xPx, top: yPx, width: widthPx - right, height: heightPx - bottom }
  const small = await sharp(picture).resize(level.widthPx, level.heightPx, { fit: 'fill' }).toBuffer()
  return sharp(small)
    .extract(size)
    .extend({ right, bottom, background: '#ffffff' })
    .jpeg({ quality: 90, optimiseCoding: false })
    .toBuffer()
}

/** Writes all tiles of a picture, the smallest level first to show that the order is free. */
export async function fillSink(sink: TileSink, geometry: Geometry, picture: Buffer): Promise<void> {
  for (const level of geometry.levels.toReversed())
    for (let row = 0; row < level.rows; row++)
      for (let column = 0; column < level.columns; column++)
        await sink.write(level.index, column, row, await tileOf(picture, geometry, level, column, row))
}
