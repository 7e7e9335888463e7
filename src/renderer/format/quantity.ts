import type { Speed } from '../../shared/domain/jobs.ts'

const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const

/** Bytes in decimal units with three digits: `812 MB`, `1.24 GB`. */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes) || bytes < 0) return ''
  let value = bytes
  let unit = 0
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${threeDigits(value, unit)} ${units[unit]}`
}

function threeDigits(value: number, unit: number): string {
  if (unit === 0 || value >= 99.95) return String(Math.round(value))
  return value.toFixed(value >= 9.995 ? 1 : 2)
}

/** A count with thousands separated: `10,000`. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-GB')
}

/** A count with its noun: `1 file`, `300 files`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}

/** `38 Mpx/s`, `2.4x` (times the video's own length), `112 MB/s`. */
export function formatSpeed({ value, unit }: Speed): string {
  const digits = value >= 10 ? Math.round(value).toString() : value.toFixed(1)
  return unit === 'x' ? `${digits}x` : `${digits} ${unit}`
}

/** Width and height: `46,920 x 33,014`. */
export function formatPixels(widthPx: number, heightPx: number): string {
  return `${formatCount(widthPx)} × ${formatCount(heightPx)}`
}

/** Whole percent, never 100 before the end. */
export function formatPercent(progress: number): string {
  return `${progress >= 1 ? 100 : Math.min(99, Math.floor(progress * 100))}%`
}
