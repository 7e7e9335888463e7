import { IconAlertTriangle, IconCircleCheck, IconLoader, IconPower, type TablerIcon } from '@tabler/icons-react'
import type { ServiceState } from '../../../shared/domain/services.ts'
import { formatDuration } from '../../format/duration.ts'
import { formatBytes, formatCount } from '../../format/quantity.ts'

/** How a service's state is told: in a word, an icon and a tone that the style sheet colours. */
export interface ServiceLook {
  word: string
  icon: TablerIcon
  tone: 'good' | 'busy' | 'away' | 'troubled'
}

export function serviceLook(state: ServiceState['state']): ServiceLook {
  switch (state) {
    case 'running':
      return { word: 'Running', icon: IconCircleCheck, tone: 'good' }
    case 'starting':
      return { word: 'Starting', icon: IconLoader, tone: 'busy' }
    case 'failed':
      return { word: 'Failed', icon: IconAlertTriangle, tone: 'troubled' }
    case 'off':
      return { word: 'Off', icon: IconPower, tone: 'away' }
  }
}

/** What is said where an address would help nobody; undefined where it does. The window's own opens with a token only. */
export function insteadOfAddresses({ name, state }: Pick<ServiceState, 'name' | 'state'>): string | undefined {
  if (state === 'off') return 'Nothing leads to it: no address of this computer is set up for it.'
  return name === 'dashboard' && state !== 'failed' ? 'This window, on this computer only.' : undefined
}

/** What helps a service that failed; the other services go on meanwhile. */
export function whatToDo({ hint }: Pick<ServiceState, 'hint'>): string {
  const advice = hint ?? 'Correct it, then save servers.config.json: the service is loaded again at once.'
  return `${advice} The other services are not affected.`
}

const mostFigures = 6

/** The first few figures of a service's statistics; those one level down carry the name of their group. */
export function statsInShort(stats: Record<string, unknown>): { label: string; value: string }[] {
  return Object.entries(stats)
    .flatMap(([name, value]) =>
      isGroup(value)
        ? Object.entries(value).map(([inner, one]) => figure(`${name} ${inner}`, one))
        : [figure(name, value)]
    )
    .filter((found) => found !== undefined)
    .slice(0, mostFigures)
}

const isGroup = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Names carry their unit: `uptimeMs`, `sent_bytes`. What is no single figure is left out. */
function figure(name: string, value: unknown): { label: string; value: string } | undefined {
  const words = name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .toLowerCase()
    .split(' ')
  const unit = words.at(-1) ?? ''
  const shown = inUnit(value, unit)
  if (shown === undefined) return undefined
  const label = typeof value === 'number' && isUnit(unit) && words.length > 1 ? words.slice(0, -1) : words
  return { label: capitalised(label.join(' ')), value: shown }
}

const isUnit = (word: string) => ['ms', 's', 'seconds', 'bytes'].includes(word)

function inUnit(value: unknown, unit: string): string | undefined {
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'string') return value
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined
  if (unit === 'ms') return formatDuration(value)
  if (unit === 's' || unit === 'seconds') return formatDuration(value * 1000)
  return unit === 'bytes' ? formatBytes(value) : formatCount(Math.round(value * 10) / 10)
}

const capitalised = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
