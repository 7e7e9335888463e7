import { expect, it } from 'vitest'
import { machineDefaults } from './machine-defaults.ts'

const gib = 2 ** 30
const machine = { hostName: 'path-07', homeDir: '/home/a', threads: 8, memoryBytes: 16 * gib }

it.each([
  [1, 16, 1],
  [2, 16, 2],
  [8, 16, 3],
  [16, 64, 5],
  [128, 512, 16],
  [16, 4, 2],
  [2, 1, 1]
])('a machine of %i threads and %i GiB has %i slots', (threads, memoryGib, slots) => {
  expect(machineDefaults({ ...machine, threads, memoryBytes: memoryGib * gib }).slots).toBe(slots)
})

it('a node is called like its machine, whatever that is called', () => {
  expect(machineDefaults(machine).name).toBe('path-07')
  expect(machineDefaults({ ...machine, hostName: ' ' }).name).toBe('Microtome')
  expect(machineDefaults({ ...machine, hostName: 'x'.repeat(200) }).name).toHaveLength(80)
})
