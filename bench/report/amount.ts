import { type Figure, median, ratio, type Unit } from '../figure.ts'

/** Three digits that count: more would promise what no run repeats. */
const three = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 })

/** The median of samples with its unit. */
export function amount(samples: readonly number[], unit: Unit): string {
  return `${three.format(median(samples))} ${unit}`
}

/** Lowest to highest sample; empty for a single one. */
export function spread({ samples }: Figure): string {
  return samples.length < 2 ? '' : `${three.format(Math.min(...samples))} – ${three.format(Math.max(...samples))}`
}

/** `0.62 x`, or empty where nothing is compared. */
export function times(figure: Figure): string {
  const value = ratio(figure)
  return value === undefined ? '' : `${value.toFixed(2)} x`
}
