/** Bytes as people read them: binary steps, two or three digits. */
export function bytes(count: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB']
  const step = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, count)) / 10)))
  const value = count / 1024 ** step
  return `${value < 10 && step > 0 ? Number(value.toFixed(1)) : Math.round(value)} ${units[step]}`
}

/** How long ago, in the one unit that fits; both in milliseconds since 1970. */
export function ago(atMs: number, nowMs: number): string {
  const seconds = Math.round(Math.max(0, nowMs - atMs) / 1000)
  if (seconds < 60) return 'less than a minute ago'
  const [amount, unit] =
    seconds < 3600
      ? [Math.floor(seconds / 60), 'minute' as const]
      : seconds < 86_400
        ? [Math.floor(seconds / 3600), 'hour' as const]
        : [Math.floor(seconds / 86_400), 'day' as const]
  return `${amount} ${unit}${amount === 1 ? '' : 's'} ago`
}
