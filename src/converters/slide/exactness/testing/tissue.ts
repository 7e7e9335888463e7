import sharp from 'sharp'
import { newPixels, type PixelWindow } from '../../pixels/pixel-window.ts'

/** Texture as of stained tissue, different everywhere: nuclei on a pink ground of fibres, as sharp as optics leave it. */
export async function tissue(widthPx: number, heightPx: number): Promise<PixelWindow> {
  const pixels = newPixels(widthPx, heightPx)
  for (let y = 0; y < heightPx; y++)
    for (let x = 0; x < widthPx; x++) {
      const fibres = 12 * Math.sin((x + 9 * Math.sin(y / 23)) / 7) + 12 * Math.sin(y / 31 + x / 70)
      const ground = [222 + fibres, 168 + fibres * 1.4, 204 + fibres]
      const grain = hash(y * 65_536 + x) & 15
      pixels.data.set(
        (isNucleus(x, y) ? [96, 58, 140] : ground).map((sample) => sample + grain),
        (y * widthPx + x) * 3
      )
    }
  const data = await sharp(pixels.data, { raw: { width: widthPx, height: heightPx, channels: 3 } })
    .blur(1.2)
    .raw()
    .toBuffer()
  return { ...pixels, data }
}

const cellPx = 27

function isNucleus(x: number, y: number): boolean {
  const [column, row] = [Math.floor(x / cellPx), Math.floor(y / cellPx)]
  const chance = hash(row * 4096 + column)
  const radiusPx = 4 + (chance & 7)
  const [dx, dy] = [x - column * cellPx - 13, y - row * cellPx - 13]
  return (chance & 8) !== 0 && dx * dx + dy * dy * (1 + ((chance >> 4) & 3) / 3) < radiusPx * radiusPx
}

function hash(value: number): number {
  const mixed = Math.imul(value ^ (value >>> 15), 2_246_822_519)
  return Math.imul(mixed ^ (mixed >>> 13), 3_266_489_917) >>> 16
}
