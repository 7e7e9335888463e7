import { formatClock, formatDuration } from '../format/duration.ts'
import { formatBytes, formatCount, formatPixels } from '../format/quantity.ts'

export interface ReportFact {
  name: string
  value: string
}

/** A converter's report as names and values for people: width and height in one line, its version left out, unknown keys kept. */
export function reportFacts(report: Record<string, unknown> | undefined): ReportFact[] {
  if (!report) return []
  const { widthPx, heightPx, schema: _version, ...rest } = report
  const size: ReportFact[] =
    typeof widthPx === 'number' && typeof heightPx === 'number'
      ? [{ name: 'Size', value: `${formatPixels(widthPx, heightPx)} px` }]
      : []
  const others = Object.entries(rest).flatMap(([key, value]) => factOf(key, value))
  return [...size, ...others]
}

function factOf(key: string, value: unknown): ReportFact[] {
  if (value === undefined || value === null || typeof value === 'object') return []
  const { name, unit } = worded(key)
  return [{ name, value: typeof value === 'number' ? numberOf(key, value, unit) : String(value) }]
}

const fixedNames: Record<string, string> = {
  mpp: 'Resolution',
  crf: 'Rate factor',
  durationS: 'Length',
  overlapPx: 'Overlap',
  tileSizePx: 'Tile size',
  maxWidthPx: 'Widest',
  maxHeightPx: 'Highest'
}

function worded(key: string): { name: string; unit: string } {
  const unit = /(Bytes|Ms|Px|S)$/.exec(key)?.[0] ?? ''
  const words = key
    .slice(0, key.length - unit.length)
    .replace(/([A-Z])/g, ' $1')
    .toLowerCase()
    .trim()
  return { name: fixedNames[key] ?? words.charAt(0).toUpperCase() + words.slice(1), unit }
}

function numberOf(key: string, value: number, unit: string): string {
  if (key === 'mpp') return `${Number(value.toFixed(4))} µm per pixel`
  if (key === 'magnification') return `${value}x`
  switch (unit) {
    case 'Bytes':
      return formatBytes(value)
    case 'Ms':
      return formatDuration(value)
    case 'S':
      return formatClock(value)
    case 'Px':
      return `${formatCount(value)} px`
    default:
      return Number.isInteger(value) ? formatCount(value) : String(Number(value.toFixed(3)))
  }
}
