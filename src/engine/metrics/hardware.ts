import { isDeepStrictEqual } from 'node:util'
import type { Hardware } from '../../shared/domain/nodes.ts'
import type { Clock } from '../clock.ts'
import { type Battery, noBattery } from './battery.ts'
import { CpuLoad } from './cpu-load.ts'
import { nodeClassOf } from './node-class.ts'
import type { HardwareProbe } from './probe-hardware.ts'
import type { Machine } from './this-machine.ts'

export const batteryMs = 30_000
export const diskMs = 10_000

export interface HardwareOptions {
  clock: Clock
  machine: Machine
  probe: HardwareProbe
  /** Folder whose disk `diskFreeBytes` is about. */
  folder: string
}

/** What this machine is and how busy it is. */
export interface HardwareMonitor {
  current(): Hardware
  /** 0..1 over all cores, of the last 2 s. */
  load(): number
  /** Settles once everything was asked for once, however it ended; before it, `current` tells what Node knows. */
  readonly refined: Promise<void>
  /** Called when anything but the free disk changed (plugged in, on battery); must not throw. Answers how to stop listening. */
  onChange(listener: () => void): () => void
  close(): void
}

/** Answers at once with what Node knows; graphics, battery and the system's name follow. Disk and battery are watched. */
export async function openHardware(options: HardwareOptions): Promise<HardwareMonitor> {
  const monitor = new WatchedHardware(options, (await options.machine.freeBytes(options.folder)) ?? 0)
  monitor.start()
  return monitor
}

class WatchedHardware implements HardwareMonitor {
  refined: Promise<void> = Promise.resolve()
  readonly #options: HardwareOptions
  readonly #load: CpuLoad
  readonly #listeners = new Set<() => void>()
  #timers: { cancel(): void }[] = []
  #hardware: Hardware
  /** Undefined until it was told once; then it is asked again only where there is one. */
  #battery: Battery | undefined
  #asking = false

  constructor(options: HardwareOptions, diskFreeBytes: number) {
    this.#options = options
    const { machine, clock } = options
    this.#load = new CpuLoad(clock, machine.cpuTimes)
    const { cpuModel, threads: cpuThreads, memoryBytes } = machine
    const facts = { cpuModel, cpuThreads, memoryBytes, gpus: [], diskFreeBytes, os: machine.os, battery: noBattery }
    this.#hardware = { ...facts, class: nodeClassOf({ hasBattery: false, cpuThreads, memoryBytes }) }
  }

  current = () => this.#hardware
  load = () => this.#load.load

  start(): void {
    const { clock } = this.#options
    this.refined = this.#refine()
    this.#timers = [
      clock.every(batteryMs, () => void this.#askBattery()),
      clock.every(diskMs, () => void this.#askDisk())
    ]
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  close(): void {
    this.#load.close()
    for (const timer of this.#timers) timer.cancel()
    this.#listeners.clear()
  }

  async #refine(): Promise<void> {
    const { probe } = this.#options
    const [gpus, os] = await Promise.all([probe.gpus(), probe.os(), this.#askBattery()])
    this.#update({ gpus: gpus ?? [], os: os ?? this.#hardware.os })
  }

  async #askBattery(): Promise<void> {
    if (this.#asking || this.#battery?.present === false) return
    this.#asking = true
    const battery = await this.#options.probe.battery()
    this.#asking = false
    this.#battery = battery ?? this.#battery
    const { cpuThreads, memoryBytes } = this.#hardware
    const hasBattery = this.#battery?.present ?? false
    this.#update({ battery: this.#battery ?? noBattery, class: nodeClassOf({ hasBattery, cpuThreads, memoryBytes }) })
  }

  async #askDisk(): Promise<void> {
    const diskFreeBytes = await this.#options.machine.freeBytes(this.#options.folder)
    this.#hardware = { ...this.#hardware, diskFreeBytes: diskFreeBytes ?? this.#hardware.diskFreeBytes }
  }

  #update(facts: Partial<Hardware>): void {
    const before = this.#hardware
    this.#hardware = { ...before, ...facts }
    if (!isDeepStrictEqual(before, this.#hardware)) for (const listener of this.#listeners) listener()
  }
}
