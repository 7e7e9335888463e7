import sharp, { type Sharp } from 'sharp'
import { newPixels, type PixelWindow, packed, partOf } from '../../../pixels/pixel-window.ts'

/** Something like tissue: waves with a little noise, so that no tile is like another. */
export function picture(widthPx: number, heightPx: number): PixelWindow {
  const pixels = newPixels(widthPx, heightPx)
  for (let i = 0; i < pixels.data.length; i++) {
    const [x, y] = [Math.floor(i / 3) % widthPx, Math.floor(i / 3 / widthPx)]
    const noise = (Math.imul(i + 1, 2654435761) >>> 16) & 7
    pixels.data[i] = 120 + 60 * Math.sin(x / 17) + 40 * Math.cos((y * (1 + (i % 3))) / 29) + noise
  }
  return pixels
}

/** A picture for sharp. */
export function asSharp(window: PixelWindow): Sharp {
  return sharp(packed(window), { raw: { width: window.widthPx, height: window.heightPx, channels: 3 } })
}

/** A picture cut into whole tiles, row by row; its size must be a multiple of theirs. */
export function cut(whole: PixelWindow, tilePx: number): PixelWindow[] {
  const tiles: PixelWindow[] = []
  for (let y = 0; y < whole.heightPx; y += tilePx)
    for (let x = 0; x < whole.widthPx; x += tilePx) tiles.push(partOf(whole, x, y, tilePx, tilePx))
  return tiles
}

/** A tile as a JPEG of its own, without subsampling. */
export function jpegOf(tile: PixelWindow): Promise<Buffer> {
  return asSharp(tile).jpeg({ quality: 90, chromaSubsampling: '4:4:4' }).toBuffer()
}
