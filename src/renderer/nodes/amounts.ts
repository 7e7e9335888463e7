import { plural } from '../format/quantity.ts'

/** Memory as makers write it: whole binary gigabytes. */
export function formatMemory(bytes: number): string {
  return `${Math.round(bytes / 2 ** 30)} GB`
}

/** How long ago, in the one unit that fits; both in milliseconds since 1970. */
export function ago(atMs: number, nowMs: number): string {
  const seconds = Math.round(Math.max(0, nowMs - atMs) / 1000)
  if (seconds < 60) return 'less than a minute ago'
  if (seconds < 3600) return `${plural(Math.floor(seconds / 60), 'minute')} ago`
  if (seconds < 86_400) return `${plural(Math.floor(seconds / 3600), 'hour')} ago`
  return `${plural(Math.floor(seconds / 86_400), 'day')} ago`
}
