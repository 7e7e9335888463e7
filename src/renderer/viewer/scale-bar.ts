/** A scale bar: how long it is drawn (CSS pixels) and what is written at it. */
export interface ScaleBar {
  widthPx: number
  label: string
}

const steps = [5, 2, 1]

/**
 * The longest round length (1, 2 or 5 times a power of ten) that fits into `maxWidthPx`.
 * `umPerScreenPx`: micrometres that one CSS pixel of the screen shows now; undefined where that is no length.
 */
export function scaleBar(umPerScreenPx: number, maxWidthPx: number): ScaleBar | undefined {
  const limitUm = umPerScreenPx * maxWidthPx
  if (!Number.isFinite(limitUm) || limitUm <= 0) return undefined
  const power = 10 ** Math.floor(Math.log10(limitUm))
  const step = steps.find((candidate) => candidate * power <= limitUm) ?? 1
  const lengthUm = step * power
  return { widthPx: lengthUm / umPerScreenPx, label: lengthLabel(lengthUm) }
}

/** A length in the unit that people read it in: nm below 1 µm, mm from 1,000 µm, cm from 100 mm. */
export function lengthLabel(lengthUm: number): string {
  if (lengthUm < 1) return `${round(lengthUm * 1000)} nm`
  if (lengthUm < 1000) return `${round(lengthUm)} µm`
  if (lengthUm < 100_000) return `${round(lengthUm / 1000)} mm`
  return `${round(lengthUm / 10_000)} cm`
}

// 0.30000000000000004 and its like come from the powers of ten.
function round(value: number): number {
  return Number(value.toPrecision(3))
}
