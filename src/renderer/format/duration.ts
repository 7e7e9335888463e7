const secondMs = 1000
const minuteMs = 60 * secondMs
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** A length of time in two units at most: `42 s`, `3 min 20 s`, `1 h 05 min`, `2 d 3 h`. */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms) || ms < 0) return ''
  if (ms < secondMs) return 'under 1 s'
  if (ms < minuteMs) return `${Math.floor(ms / secondMs)} s`
  if (ms < hourMs) return join(Math.floor(ms / minuteMs), 'min', Math.floor((ms % minuteMs) / secondMs), 's')
  if (ms < dayMs) return join(Math.floor(ms / hourMs), 'h', Math.floor((ms % hourMs) / minuteMs), 'min')
  const days = Math.floor(ms / dayMs)
  const hours = Math.floor((ms % dayMs) / hourMs)
  return hours === 0 ? `${days} d` : `${days} d ${hours} h`
}

function join(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${String(small).padStart(2, '0')} ${smallUnit}`
}

/** An estimate: coarser the longer it is, so that it doesn't twitch. `about 3 min`. */
export function formatRemaining(ms: number): string {
  if (!Number.isFinite(ms) || ms < 0) return ''
  if (ms < 10 * secondMs) return 'a few s'
  if (ms < minuteMs) return `${Math.ceil(ms / (5 * secondMs)) * 5} s`
  if (ms < hourMs) return `${Math.ceil(ms / minuteMs)} min`
  if (ms < dayMs) return formatDuration(Math.ceil(ms / (5 * minuteMs)) * 5 * minuteMs)
  return formatDuration(Math.ceil(ms / hourMs) * hourMs)
}

/** Running time of a video: `1:04`, `1:02:09`. */
export function formatClock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  const two = (value: number) => String(value).padStart(2, '0')
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60]
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`
}
