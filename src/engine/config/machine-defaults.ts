import { join } from 'node:path'
import type { Settings } from '../../shared/settings.ts'

/** What the defaults adapt to. `memoryBytes` and `threads` are those that this process may use. */
export interface MachineFacts {
  hostName: string
  homeDir: string
  threads: number
  memoryBytes: number
}

/** Defaults of the keys that depend on the machine. */
export function machineDefaults(machine: MachineFacts): Pick<Settings, 'name' | 'slots' | 'threads' | 'destination'> {
  return {
    name: machine.hostName.trim().slice(0, 80) || 'Microtome',
    slots: defaultSlots(machine),
    threads: Math.min(256, Math.max(1, machine.threads)),
    destination: join(machine.homeDir, 'Microtome')
  }
}

/** One slot more than a slot per four threads, so that a long slide never blocks a photo; each with 2 GiB of memory. */
function defaultSlots({ threads, memoryBytes }: MachineFacts): number {
  const byMemory = Math.floor(memoryBytes / 2 ** 31)
  return Math.max(1, Math.min(1 + Math.round(threads / 4), byMemory, 16))
}
