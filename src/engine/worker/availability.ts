import type { Hardware } from '../../shared/domain/nodes.ts'
import type { Availability } from '../../shared/settings.ts'

/** Why this computer takes no tasks of the lab now: one sentence; undefined while it does. */
export function notAvailable(
  availability: Availability,
  now: { wallMs: number; battery: Hardware['battery'] }
): string | undefined {
  switch (availability.mode) {
    case 'always':
      return undefined
    case 'on-mains':
      return now.battery.onMains ? undefined : 'Runs on battery; it works for the lab while plugged in.'
    case 'hours':
      return isWithin(availability, now.wallMs)
        ? undefined
        : `Works for the lab from ${availability.from} to ${availability.to}.`
  }
}

/** In local time; `from` counts, `to` does not; equal times mean the whole day. */
function isWithin({ from, to }: { from: string; to: string }, wallMs: number): boolean {
  const date = new Date(wallMs)
  const now = date.getHours() * 60 + date.getMinutes()
  const [start, end] = [minutesOf(from), minutesOf(to)]
  if (start < end) return start <= now && now < end
  return now >= start || now < end
}

function minutesOf(time: string): number {
  const [hours, minutes] = time.split(':').map(Number)
  return (hours ?? 0) * 60 + (minutes ?? 0)
}
