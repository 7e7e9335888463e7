import { newPixels, type PixelWindow, packed } from '../../pixels/pixel-window.ts'

/** Samples that are not rounded, so that no level inherits the rounding of the one above. */
interface Exact {
  widthPx: number
  heightPx: number
  samples: Float64Array
}

/**
 * A picture at `levels` sizes, halved and rounded up each time: every pixel is the mean of the four above it, or of
 * those that are there at the right and lower edge. Shares nothing with the code that makes levels.
 */
export function areaAverages(full: PixelWindow, levels: number): PixelWindow[] {
  const averages = [full]
  let exact: Exact = { widthPx: full.widthPx, heightPx: full.heightPx, samples: Float64Array.from(packed(full)) }
  while (averages.length < levels) {
    exact = halved(exact)
    averages.push(rounded(exact))
  }
  return averages
}

function halved(from: Exact): Exact {
  const [widthPx, heightPx] = [Math.ceil(from.widthPx / 2), Math.ceil(from.heightPx / 2)]
  const samples = new Float64Array(widthPx * heightPx * 3)
  const sample = (x: number, y: number, channel: number) => from.samples[(y * from.widthPx + x) * 3 + channel] as number
  for (let y = 0, to = 0; y < heightPx; y++)
    for (let x = 0; x < widthPx; x++)
      for (let channel = 0; channel < 3; channel++, to++) {
        const [right, below] = [Math.min(2 * x + 1, from.widthPx - 1), Math.min(2 * y + 1, from.heightPx - 1)]
        const upper = sample(2 * x, 2 * y, channel) + sample(right, 2 * y, channel)
        samples[to] = (upper + sample(2 * x, below, channel) + sample(right, below, channel)) / 4
      }
  return { widthPx, heightPx, samples }
}

function rounded({ widthPx, heightPx, samples }: Exact): PixelWindow {
  const pixels = newPixels(widthPx, heightPx)
  for (const [i, value] of samples.entries()) pixels.data[i] = Math.round(value)
  return pixels
}
