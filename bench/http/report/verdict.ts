import { median } from '../../figure.ts'
import type { HttpFigure } from '../measure.ts'

/** `at least 4,000` and whether the median reached it; undefined where nothing was asked. */
export function verdictOf({ goal, samples }: HttpFigure): { asked: string; isMet: boolean } | undefined {
  if (goal === undefined) return undefined
  return { asked: `at least ${goal.toLocaleString('en')}`, isMet: median(samples) >= goal }
}
