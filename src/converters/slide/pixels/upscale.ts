import sharp from 'sharp'
import { TileDamaged } from '../source.ts'
import { copyPixels, type PixelWindow, packed } from './pixel-window.ts'

/** A picture of which any rectangle of whole pixels can be read. Throws {@link TileDamaged} where it can't. */
export interface ReadablePicture {
  readonly widthPx: number
  readonly heightPx: number
  read(rect: Rect): Promise<PixelWindow>
}

interface Rect {
  xPx: number
  yPx: number
  widthPx: number
  heightPx: number
}

/** Cubic interpolation looks at two pixels on each side. */
const marginPx = 2

/**
 * Fills `into` with a part of a smaller picture, enlarged by cubic interpolation. `part` may lie between pixels; it is met
 * to half a pixel of `into`. Throws {@link TileDamaged} where the smaller picture lacks the place, too.
 */
export async function upscaledPart(from: ReadablePicture, part: Rect, into: PixelWindow): Promise<void> {
  const inner = around(from, part, 0)
  const outer = around(from, part, marginPx)
  try {
    await enlarge(await from.read(outer), outer, part, into)
  } catch (error) {
    if (!(error instanceof TileDamaged)) throw error
    // The damage may lie in what was only wanted for smooth edges.
    await enlarge(await from.read(inner), inner, part, into)
  }
}

/** The whole pixels that hold a rectangle, with a margin where the picture goes on. */
function around(picture: ReadablePicture, part: Rect, margin: number): Rect {
  const along = (start: number, length: number, wholePx: number) => {
    const first = Math.min(wholePx - 1, Math.max(0, Math.floor(start) - margin))
    const end = Math.max(first + 1, Math.min(wholePx, Math.ceil(start + length) + margin))
    return [first, end - first] as const
  }
  const [xPx, widthPx] = along(part.xPx, part.widthPx, picture.widthPx)
  const [yPx, heightPx] = along(part.yPx, part.heightPx, picture.heightPx)
  return { xPx, yPx, widthPx, heightPx }
}

/** libvips computes only what is extracted, however large the whole would be. */
async function enlarge(pixels: PixelWindow, place: Rect, part: Rect, into: PixelWindow): Promise<void> {
  const x = enlarged(place.xPx, place.widthPx, part.xPx, into.widthPx / part.widthPx, into.widthPx)
  const y = enlarged(place.yPx, place.heightPx, part.yPx, into.heightPx / part.heightPx, into.heightPx)
  const data = await sharp(packed(pixels), { raw: { width: pixels.widthPx, height: pixels.heightPx, channels: 3 } })
    .resize({ width: x.wholePx, height: y.wholePx, fit: 'fill', kernel: 'cubic' })
    .extract({ left: x.startPx, top: y.startPx, width: into.widthPx, height: into.heightPx })
    .raw()
    .toBuffer()
  copyPixels({ ...into, data, offset: 0, strideBytes: into.widthPx * 3 }, into)
}

/** One axis: the enlarged length of what was read, and where in it the part begins. */
function enlarged(firstPx: number, lengthPx: number, partStart: number, scale: number, intoPx: number) {
  const wholePx = Math.max(intoPx, Math.round(lengthPx * scale))
  return { wholePx, startPx: Math.min(wholePx - intoPx, Math.max(0, Math.round((partStart - firstPx) * scale))) }
}
