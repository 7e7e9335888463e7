import { afterEach, describe, expect, it, vi } from 'vitest'
import { FakeClock } from '../fake-clock.ts'
import type { Battery } from './battery.ts'
import { sampleMs } from './cpu-load.ts'
import { batteryMs, diskMs, type HardwareMonitor, openHardware } from './hardware.ts'
import { nodeClassOf } from './node-class.ts'
import type { HardwareProbe } from './probe-hardware.ts'
import { type CpuTimes, type Machine, memoryLimit, thisMachine } from './this-machine.ts'

const gib = 2 ** 30
const plugged: Battery = { present: true, onMains: true, percent: 80 }
let monitor: HardwareMonitor | undefined
let clock = new FakeClock()
afterEach(() => {
  monitor?.close()
  monitor = undefined
  expect(clock.pendingTimers).toBe(0)
})

async function open(machine: Partial<Machine> = {}, probe: Partial<HardwareProbe> = {}): Promise<HardwareMonitor> {
  clock = new FakeClock()
  monitor = await openHardware({
    clock,
    folder: '.',
    machine: { ...thisMachine(), threads: 8, memoryBytes: 16 * gib, ...machine },
    probe: {
      battery: async () => ({ present: false, onMains: true }),
      gpus: async () => [],
      os: async () => 'Debian 12',
      ...probe
    }
  })
  return monitor
}

describe('the class of a machine', () => {
  it.each([
    { battery: true, threads: 64, gibs: 256, expected: 'laptop' },
    { battery: false, threads: 17, gibs: 33, expected: 'server' },
    { battery: false, threads: 16, gibs: 64, expected: 'desktop' },
    { battery: false, threads: 32, gibs: 32, expected: 'desktop' },
    { battery: false, threads: 4, gibs: 8, expected: 'desktop' }
  ])('with $threads threads and $gibs GiB, battery $battery, is $expected', ({ battery, threads, gibs, expected }) => {
    expect(nodeClassOf({ hasBattery: battery, cpuThreads: threads, memoryBytes: gibs * gib })).toBe(expected)
  })
})

describe('the hardware', () => {
  it('is known at once as far as Node knows it, and in full a little later', async () => {
    let tell: (battery: Battery) => void = () => undefined
    const battery = () =>
      new Promise<Battery>((resolve) => {
        tell = resolve
      })
    const hardware = await open({ cpuModel: 'Xeon' }, { battery, gpus: async () => ['NVIDIA T1000'] })
    expect(hardware.current()).toMatchObject({ cpuModel: 'Xeon', cpuThreads: 8, class: 'desktop', gpus: [] })
    tell(plugged)
    await hardware.refined
    expect(hardware.current()).toMatchObject({
      gpus: ['NVIDIA T1000'],
      battery: plugged,
      class: 'laptop',
      os: 'Debian 12'
    })
  })

  it('keeps the quick answer where nothing more can be told', async () => {
    const mute = async () => undefined
    const hardware = await open({ os: 'Linux 6.1' }, { battery: mute, gpus: mute, os: mute })
    await hardware.refined
    expect(hardware.current()).toMatchObject({ os: 'Linux 6.1', gpus: [], battery: { present: false, onMains: true } })
  })

  it('tells when the plug is pulled, once', async () => {
    let battery = plugged
    const hardware = await open({}, { battery: async () => battery })
    await hardware.refined
    const changed = vi.fn()
    hardware.onChange(changed)
    battery = { present: true, onMains: false, percent: 79 }
    clock.advance(batteryMs)
    await vi.waitFor(() => expect(hardware.current().battery.onMains).toBe(false))
    expect(changed).toHaveBeenCalledTimes(1)
  })

  it('asks for the battery again where it could not be told, and never where there is none', async () => {
    const mute = vi.fn(async () => undefined)
    await (await open({}, { battery: mute })).refined
    clock.advance(batteryMs)
    expect(mute).toHaveBeenCalledTimes(2)
    monitor?.close()
    const none = vi.fn(async () => ({ present: false, onMains: true }))
    await (await open({}, { battery: none })).refined
    clock.advance(10 * batteryMs)
    expect(none).toHaveBeenCalledTimes(1)
  })

  it('counts the free disk anew, and keeps the last figure where it can not', async () => {
    let free: number | undefined = 5
    const hardware = await open({ freeBytes: async () => free })
    expect(hardware.current().diskFreeBytes).toBe(5)
    free = 3
    clock.advance(diskMs)
    await vi.waitFor(() => expect(hardware.current().diskFreeBytes).toBe(3))
    free = undefined
    clock.advance(diskMs)
    await hardware.refined
    expect(hardware.current().diskFreeBytes).toBe(3)
  })

  it('has the load of the last sample over all cores', async () => {
    let times: CpuTimes = { busyMs: 1000, totalMs: 8000 }
    const hardware = await open({ cpuTimes: () => times })
    expect(hardware.load()).toBe(0)
    times = { busyMs: 4000, totalMs: 12_000 }
    clock.advance(sampleMs)
    expect(hardware.load()).toBe(0.75)
    times = { busyMs: 3000, totalMs: 9000 }
    clock.advance(sampleMs)
    expect(hardware.load()).toBe(0.75)
  })
})

describe('this very machine', () => {
  it('is told in figures that can be', async () => {
    const machine = thisMachine()
    expect(machine.threads).toBeGreaterThan(0)
    expect(machine.memoryBytes).toBeGreaterThan(0)
    expect(machine.cpuModel).not.toBe('')
    expect(await machine.freeBytes('.')).toBeGreaterThan(0)
    expect(await machine.freeBytes('/no/such/folder')).toBeUndefined()
    const { busyMs, totalMs } = machine.cpuTimes()
    expect(busyMs).toBeLessThanOrEqual(totalMs)
  })

  it('has the memory of its container where that is less', () => {
    expect(memoryLimit(64 * gib, 2 * gib)).toBe(2 * gib)
    expect(memoryLimit(64 * gib, 2 ** 64)).toBe(64 * gib)
    expect(memoryLimit(64 * gib, 0)).toBe(64 * gib)
  })
})
