import type { Job, Report } from '../../shared/domain/jobs.ts'
import { profiles } from '../../shared/domain/profiles.ts'
import { formatBytes, formatCount, formatPixels } from '../format/quantity.ts'

/** One line of the details. */
export interface Fact {
  label: string
  value: string
}

const wordOf: Record<string, string> = {
  sourceFormat: 'Source format',
  mpp: 'Resolution',
  magnification: 'Magnification',
  totalBytes: 'Size on disk',
  durationS: 'Duration',
  tileSizePx: 'Tile size',
  overlapPx: 'Overlap'
}

/** What the job itself tells: profile with its options, source size, node. */
export function jobFacts(job: Job): Fact[] {
  const options = Object.entries(job.profile.options).map(([key, value]) => `${words(key)} ${String(value)}`)
  return [
    { label: 'Profile', value: [profiles[job.profile.name].title, ...options].join(', ') },
    { label: 'Source size', value: formatBytes(job.sizeBytes) },
    ...(job.nodeName === undefined ? [] : [{ label: 'Converted on', value: job.nodeName }]),
    ...(job.endedAtMs === undefined ? [] : [{ label: 'Finished', value: new Date(job.endedAtMs).toLocaleString() }])
  ]
}

/** A converter's report in lines: width and height as one, numbers with their units, anything else as it is. */
export function reportFacts(report: Report): Fact[] {
  const { widthPx, heightPx, ...rest } = report
  const size =
    typeof widthPx === 'number' && typeof heightPx === 'number'
      ? [{ label: 'Dimensions', value: `${formatPixels(widthPx, heightPx)} px` }]
      : []
  const lines = Object.entries(rest).flatMap(([key, value]) => {
    const text = valueText(key, value)
    return text === undefined ? [] : [{ label: wordOf[key] ?? words(key), value: text }]
  })
  return [...size, ...lines]
}

function valueText(key: string, value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'number') return numberText(key, value)
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'string') return value
  return JSON.stringify(value)
}

function numberText(key: string, value: number): string {
  if (key === 'mpp') return `${Number(value.toPrecision(4))} µm per pixel`
  if (key === 'magnification') return `${value}x`
  if (key.endsWith('Bytes')) return formatBytes(value)
  if (key.endsWith('Px')) return `${formatCount(value)} px`
  if (key.endsWith('S')) return `${formatCount(Number(value.toFixed(1)))} s`
  return formatCount(value)
}

function words(key: string): string {
  const spaced = key.replace(/(Px|Bytes|S)$/, '').replace(/([a-z])([A-Z])/g, '$1 $2')
  return spaced.charAt(0).toUpperCase() + spaced.slice(1).toLowerCase()
}
