import type { NodeClass } from '../../shared/domain/nodes.ts'

/** What kind of machine this is, as people see it: with a battery a laptop; more than 16 threads and more than 32 GiB a server. */
export function nodeClassOf(machine: { hasBattery: boolean; cpuThreads: number; memoryBytes: number }): NodeClass {
  if (machine.hasBattery) return 'laptop'
  return machine.cpuThreads > 16 && machine.memoryBytes > 32 * 2 ** 30 ? 'server' : 'desktop'
}
