import type { PixelWindow } from '../../pixels/pixel-window.ts'

/** Puts premultiplied ARGB words (cairo's, in the machine's byte order) without gaps onto a background `#rrggbb`. */
export function flattenPixels(argb: Buffer, to: PixelWindow, background: string): void {
  const { data, strideBytes, widthPx, heightPx } = to
  const words = new Uint32Array(argb.buffer, argb.byteOffset, widthPx * heightPx)
  const behind = Number.parseInt(background.slice(1), 16)
  const [red, green, blue] = [(behind >> 16) & 255, (behind >> 8) & 255, behind & 255]
  for (let y = 0, from = 0; y < heightPx; y++) {
    for (let out = to.offset + y * strideBytes, end = out + widthPx * 3; out < end; out += 3, from++) {
      const word = words[from] as number
      const alpha = word >>> 24
      data[out] = (word >>> 16) & 255
      data[out + 1] = (word >>> 8) & 255
      data[out + 2] = word & 255
      if (alpha === 255) continue
      const rest = 255 - alpha
      data[out] = Math.min(255, (data[out] as number) + Math.round((red * rest) / 255))
      data[out + 1] = Math.min(255, (data[out + 1] as number) + Math.round((green * rest) / 255))
      data[out + 2] = Math.min(255, (data[out + 2] as number) + Math.round((blue * rest) / 255))
    }
  }
}
