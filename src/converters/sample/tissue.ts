import sharp from 'sharp'
import { seeded } from './random.ts'

/** One byte a pixel over the whole slide. */
export type Field = Uint8Array

/** Smooth noise: random grey values on a coarse grid, interpolated; `cellPx` is the size of its clouds. */
export async function clouds(widthPx: number, heightPx: number, cellPx: number, seed: number): Promise<Field> {
  const random = seeded(seed)
  const [columns, rows] = [Math.ceil(widthPx / cellPx) + 1, Math.ceil(heightPx / cellPx) + 1]
  const grid = Uint8Array.from({ length: columns * rows }, () => random() * 256)
  return sharp(grid, { raw: { width: columns, height: rows, channels: 1 } })
    .resize(widthPx, heightPx, { fit: 'fill', kernel: 'cubic' })
    .extractChannel(0)
    .raw()
    .toBuffer()
}

/** An ellipse: middle and half axes in px, angle in radians. */
export interface Ellipse {
  x: number
  y: number
  a: number
  b: number
  angle: number
}

/** Calls `paint` for each pixel of an ellipse with its squared distance from the middle, 0..1 at the rim. */
export function eachPixel(
  { x, y, a, b, angle }: Ellipse,
  widthPx: number,
  heightPx: number,
  paint: (index: number, distance: number) => void
): void {
  const [cos, sin, reach] = [Math.cos(angle), Math.sin(angle), Math.ceil(Math.max(a, b))]
  for (let py = Math.max(0, Math.floor(y - reach)); py <= Math.min(heightPx - 1, y + reach); py++)
    for (let px = Math.max(0, Math.floor(x - reach)); px <= Math.min(widthPx - 1, x + reach); px++) {
      const [dx, dy] = [px - x, py - y]
      const distance = ((dx * cos + dy * sin) / a) ** 2 + ((dy * cos - dx * sin) / b) ** 2
      if (distance <= 1) paint(py * widthPx + px, distance)
    }
}
