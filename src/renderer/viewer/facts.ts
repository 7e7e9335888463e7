import type { Job, Report } from '../../shared/domain/jobs.ts'
import { profiles } from '../../shared/domain/profiles.ts'

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
    { label: 'Source size', value: bytes(job.sizeBytes) },
    ...(job.nodeName === undefined ? [] : [{ label: 'Converted on', value: job.nodeName }]),
    ...(job.endedAtMs === undefined ? [] : [{ label: 'Finished', value: new Date(job.endedAtMs).toLocaleString() }])
  ]
}

/** A converter's report in lines: width and height as one, numbers with their units, anything else as it is. */
export function reportFacts(report: Report): Fact[] {
  const { widthPx, heightPx, ...rest } = report
  const size =
    typeof widthPx === 'number' && typeof heightPx === 'number'
      ? [{ label: 'Dimensions', value: `${count(widthPx)} x ${count(heightPx)} px` }]
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
  if (key.endsWith('Bytes')) return bytes(value)
  if (key.endsWith('Px')) return `${count(value)} px`
  if (key.endsWith('S')) return `${count(Number(value.toFixed(1)))} s`
  return count(value)
}

function words(key: string): string {
  const spaced = key.replace(/(Px|Bytes|S)$/, '').replace(/([a-z])([A-Z])/g, '$1 $2')
  return spaced.charAt(0).toUpperCase() + spaced.slice(1).toLowerCase()
}

function count(value: number): string {
  return value.toLocaleString('en')
}

function bytes(value: number): string {
  const step = Math.min(4, Math.max(0, Math.floor(Math.log2(Math.max(1, value)) / 10)))
  const amount = value / 1024 ** step
  return `${amount < 10 && step > 0 ? amount.toFixed(1) : Math.round(amount)} ${['bytes', 'kB', 'MB', 'GB', 'TB'][step]}`
}
