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
  const told = tellers[key]?.(value)
  if (told !== undefined) return told === '' ? [] : [{ name: worded(key).name, value: told }]
  if (value === undefined || value === null || typeof value === 'object') return []
  const { name, unit } = worded(key)
  return [{ name, value: typeof value === 'number' ? numberOf(key, value, unit) : String(value) }]
}

/** Values that read better in other words; empty where another part of the page says it. */
const tellers: Record<string, (value: unknown) => string | undefined> = {
  reader: (value) => readerWords[String(value)],
  color: (value) => colorWords[String(value)],
  deidentified: (value) => (value === true ? 'yes' : value === false ? 'no' : undefined),
  deidentify: (value) => (value === true ? 'yes' : value === false ? 'no' : undefined),
  tileSizePx: (value) => (value === 'source' ? 'as the slide has it' : undefined),
  tiles: (value) =>
    typeof value === 'object' && value !== null && 'total' in value && typeof value.total === 'number'
      ? formatCount(value.total)
      : undefined,
  tileFormat: () => ''
}

/** Of a report, and of the option that asked for it. */
const colorWords: Record<string, string> = {
  none: 'no ICC profile',
  kept: 'kept, with their ICC profile',
  keep: 'kept',
  srgb: 'converted to sRGB'
}

const readerWords: Record<string, string> = {
  tiff: 'Microtome’s TIFF reader',
  dicom: 'Microtome’s DICOM reader',
  openslide: 'OpenSlide',
  libvips: 'libvips'
}

const fixedNames: Record<string, string> = {
  mpp: 'Resolution',
  mppY: 'Resolution down',
  color: 'Colours',
  deidentified: 'De-identified',
  deidentify: 'De-identify',
  reader: 'Read by',
  levels: 'Levels',
  sourceLevels: 'Source levels',
  chosen: 'Picture',
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
  if (key === 'mpp' || key === 'mppY') return `${Number(value.toFixed(4))} µm per pixel`
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
