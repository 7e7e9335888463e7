import { newPixels, type PixelWindow } from '../../pixels/pixel-window.ts'

/**
 * Each pixel the mean of the `scale` x `scale` pixels that it covers, or of those that are there at the right and lower
 * edge: straight from the full size, in whole sums, sharing nothing with what makes levels.
 */
export function areaAverage({ data, offset, strideBytes, widthPx, heightPx }: PixelWindow, scale: number): PixelWindow {
  const small = newPixels(Math.ceil(widthPx / scale), Math.ceil(heightPx / scale))
  const sums = new Float64Array(small.data.length)
  const counts = new Uint32Array(small.data.length)
  for (let y = 0; y < heightPx; y++)
    for (let x = 0; x < widthPx; x++) {
      const from = offset + y * strideBytes + x * 3
      const to = (Math.floor(y / scale) * small.widthPx + Math.floor(x / scale)) * 3
      for (let i = 0; i < 3; i++) {
        sums[to + i] = (sums[to + i] ?? 0) + (data[from + i] ?? 0)
        counts[to + i] = (counts[to + i] ?? 0) + 1
      }
    }
  for (const [i, sum] of sums.entries()) small.data[i] = Math.round(sum / (counts[i] ?? 1))
  return small
}
