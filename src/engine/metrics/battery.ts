import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Hardware } from '../../shared/domain/nodes.ts'
import { parseJson } from './parse-json.ts'

export type Battery = Hardware['battery']

export const noBattery: Battery = { present: false, onMains: true }

/** Linux tells of every battery and plug in a folder each, see `Documentation/ABI/testing/sysfs-class-power`. */
export async function linuxBattery(root = '/sys/class/power_supply'): Promise<Battery> {
  const names = await readdir(root).catch(() => [])
  const supplies = await Promise.all(names.map((name) => readSupply(join(root, name))))
  // A mouse's battery has the scope Device; an empty bay is not present.
  const batteries = supplies.filter(
    ({ type, scope, present }) => type === 'Battery' && scope !== 'Device' && present !== '0'
  )
  if (batteries.length === 0) return noBattery
  const plugs = supplies.filter(({ online }) => online !== undefined)
  const draining = batteries.some(({ status }) => status === 'Discharging')
  const onMains = plugs.length === 0 ? !draining : plugs.some(({ online }) => online !== '0')
  return { present: true, onMains, ...meanPercent(batteries.map(({ capacity }) => Number(capacity))) }
}

const supplyFacts = ['type', 'scope', 'present', 'online', 'status', 'capacity'] as const
type Supply = Partial<Record<(typeof supplyFacts)[number], string>>

async function readSupply(folder: string): Promise<Supply> {
  const texts = await Promise.all(
    supplyFacts.map((fact) =>
      readFile(join(folder, fact), 'utf8').then(
        (text) => text.trim(),
        () => undefined
      )
    )
  )
  return Object.fromEntries(supplyFacts.map((fact, index) => [fact, texts[index]]))
}

function meanPercent(capacities: number[]): { percent?: number } {
  const known = capacities.filter((capacity) => Number.isFinite(capacity))
  if (known.length === 0) return {}
  return { percent: Math.round(known.reduce((sum, capacity) => sum + capacity, 0) / known.length) }
}

/** Reads `pmset -g batt`; a UPS is listed there too and is no battery of the machine. */
export function parsePmset(stdout: string): Battery {
  const line = stdout.split('\n').find((text) => text.includes('InternalBattery'))
  if (line === undefined) return noBattery
  const percent = /(\d+)%/.exec(line)?.[1]
  const onMains = stdout.includes("'AC Power'")
  return percent === undefined ? { present: true, onMains } : { present: true, onMains, percent: Number(percent) }
}

const win32Battery = z.object({ BatteryStatus: z.number().nullish(), EstimatedChargeRemaining: z.number().nullish() })
const win32Batteries = z.union([z.array(win32Battery), win32Battery.transform((one) => [one])])
/** Win32_Battery.BatteryStatus: discharging, low, critical. */
const draining = [1, 4, 5]

export const win32BatteryScript =
  'Get-CimInstance Win32_Battery | Select-Object BatteryStatus,EstimatedChargeRemaining | ConvertTo-Json -Compress'

/** Reads what {@link win32BatteryScript} prints: nothing, one object, or a list. Undefined where it is none of these. */
export function parseWin32Battery(stdout: string): Battery | undefined {
  if (stdout.trim() === '') return noBattery
  const batteries = parseJson(stdout, win32Batteries)
  if (batteries === undefined) return undefined
  const onMains = batteries.every(({ BatteryStatus }) => !draining.includes(BatteryStatus ?? 0))
  const charges = batteries.map(({ EstimatedChargeRemaining }) => EstimatedChargeRemaining ?? Number.NaN)
  return { present: true, onMains, ...meanPercent(charges) }
}
