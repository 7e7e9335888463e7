import type { PixelBytes, PixelWindow } from './pixel-window.ts'

/**
 * Area average of each 2 x 2 pixels, rounded to the nearest (halves up). At an odd last column or row it averages the
 * two pixels (or the one) that are there. `to` is half of `from` rounded up and may not share its memory; throws a
 * RangeError otherwise. `from` has three bytes a pixel.
 */
export function halve(from: PixelWindow, to: PixelWindow): void {
  const [widthPx, heightPx] = [Math.ceil(from.widthPx / 2), Math.ceil(from.heightPx / 2)]
  if (to.widthPx !== widthPx || to.heightPx !== heightPx)
    throw new RangeError(
      `${from.widthPx} x ${from.heightPx} halves to ${widthPx} x ${heightPx}, not ${to.widthPx} x ${to.heightPx}`
    )
  for (let y = 0; y < heightPx; y++) {
    const upper = from.offset + 2 * y * from.strideBytes
    // An odd last row is averaged with itself, which changes nothing.
    const lower = 2 * y + 1 < from.heightPx ? upper + from.strideBytes : upper
    halveRow(from.data, upper, lower, from.widthPx, to.data, to.offset + y * to.strideBytes, to.pixelBytes ?? 3)
  }
}

/** The hot loop: V8 keeps it in registers only with plain indices and no calls inside. */
function halveRow(
  from: Buffer,
  upperAt: number,
  lowerAt: number,
  widthPx: number,
  to: Buffer,
  toAt: number,
  toBytes: PixelBytes
): void {
  let [upper, lower, out] = [upperAt, lowerAt, toAt]
  for (const end = toAt + (widthPx >> 1) * toBytes; out < end; out += toBytes, upper += 6, lower += 6) {
    to[out] = (at(from, upper) + at(from, upper + 3) + at(from, lower) + at(from, lower + 3) + 2) >> 2
    to[out + 1] = (at(from, upper + 1) + at(from, upper + 4) + at(from, lower + 1) + at(from, lower + 4) + 2) >> 2
    to[out + 2] = (at(from, upper + 2) + at(from, upper + 5) + at(from, lower + 2) + at(from, lower + 5) + 2) >> 2
  }
  if (widthPx % 2 === 1) for (let i = 0; i < 3; i++) to[out + i] = (at(from, upper + i) + at(from, lower + i) + 1) >> 1
}

/** A sample; V8 inlines it. The window's own bounds keep it inside. */
const at = (samples: Buffer, index: number) => samples[index] as number
