import { join } from 'node:path'
import sharp from 'sharp'

/** A slide of noise that doesn't compress: about `12 * side^2` / 3 bytes, 0.5 µm per pixel. */
export async function makeHeavySlide(folder: string, name: string, sidePx: number): Promise<string> {
  const path = join(folder, name)
  const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const
  const background = { r: 0, g: 0, b: 0 }
  await sharp({ create: { width: sidePx, height: sidePx, channels: 3, background, noise } })
    .tiff({ tile: true, tileWidth: 256, tileHeight: 256, pyramid: true, compression: 'none', xres: 2000, yres: 2000 })
    .toFile(path)
  return path
}

/** A photo with something to see, so that no two places look the same. */
export async function makeColourfulPhoto(folder: string, name: string, widthPx = 800, heightPx = 600): Promise<string> {
  const path = join(folder, name)
  await sharp(gradient(widthPx, heightPx), { raw: { width: widthPx, height: heightPx, channels: 3 } })
    .jpeg({ quality: 92 })
    .toFile(path)
  return path
}

/** Red grows to the right, green downwards. */
function gradient(widthPx: number, heightPx: number): Uint8Array {
  const pixels = new Uint8Array(widthPx * heightPx * 3)
  for (let y = 0, at = 0; y < heightPx; y++)
    for (let x = 0; x < widthPx; x++, at += 3) pixels.set([(255 * x) / widthPx, (255 * y) / heightPx, 128], at)
  return pixels
}
