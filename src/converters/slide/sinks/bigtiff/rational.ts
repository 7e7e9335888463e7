/** A quotient of two unsigned 32-bit numbers (TIFF's RATIONAL). */
export interface Rational {
  numerator: number
  denominator: number
}

const max32 = 0xffff_ffffn

/**
 * Pixels per cm of an image that has `share` of the pixels across (`widthPx` of `fullWidthPx`) of one with `mpp` µm per
 * pixel: exact where 32 bits can hold it, else the nearest that they can.
 */
export function pixelsPerCm(mpp: number, widthPx: number, fullWidthPx: number): Rational {
  const decimals = 12
  const [whole, fraction = ''] = (/e/.test(`${mpp}`) ? mpp.toFixed(decimals) : `${mpp}`).split('.')
  const mppNumerator = BigInt(`${whole}${fraction}`)
  const mppDenominator = 10n ** BigInt(fraction.length)
  return nearest(10_000n * mppDenominator * BigInt(widthPx), mppNumerator * BigInt(fullWidthPx))
}

/** The last convergent of the continued fraction whose terms fit. */
function nearest(numerator: bigint, denominator: bigint): Rational {
  let [a, b] = [numerator, denominator]
  let [p, q, previousP, previousQ] = [1n, 0n, 0n, 1n]
  while (b > 0n) {
    const digit = a / b
    const [nextP, nextQ] = [digit * p + previousP, digit * q + previousQ]
    if (nextP > max32 || nextQ > max32) break
    ;[previousP, previousQ, p, q] = [p, q, nextP, nextQ]
    ;[a, b] = [b, a % b]
  }
  return { numerator: Number(p), denominator: Number(q) }
}
