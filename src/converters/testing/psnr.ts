/** Peak signal-to-noise ratio in dB of two pictures' raw 8-bit samples; infinite for equal ones. */
export function psnr(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== b.length) throw new Error(`${a.length} samples against ${b.length}`)
  const squares = a.reduce((sum, sample, i) => sum + (sample - (b[i] ?? 0)) ** 2, 0)
  return 10 * Math.log10((255 * 255 * a.length) / squares)
}

/** Mean difference of two pictures' samples, 0..255. */
export function meanDifference(a: Uint8Array, b: Uint8Array): number {
  return a.reduce((sum, sample, i) => sum + Math.abs(sample - (b[i] ?? 0)), 0) / a.length
}
