import { join } from 'node:path'
import type { Hardware, ToolVersions, WorkerStatus } from '../../shared/domain/nodes.ts'
import type { Kind, ProfileName } from '../../shared/domain/profiles.ts'
import type { Settings } from '../../shared/settings.ts'
import type { Clock, Timer } from '../clock.ts'
import type { Log } from '../log/index.ts'
import { notAvailable } from './availability.ts'
import type { ChildWatch } from './child-request.ts'
import type { Conversion, ConversionEnd, Converters } from './converters.ts'
import { readPaused, writePaused } from './pause-file.ts'
import { Scratch } from './scratch.ts'
import { workerStateOf } from './worker-state.ts'

/** The settings that a worker follows; they may change while it runs. */
export type WorkerSettings = Pick<Settings, 'slots' | 'threads' | 'localWork' | 'availability'>

/** What the worker asks of the machine; all answers come at once, from what was measured last. */
export interface WorkerMachine {
  hardware(): Hardware
  /** 0..1 over all cores. */
  load(): number
  tools(): ToolVersions
  /** Those whose tools ran here. */
  profiles(): ProfileName[]
}

/** What the worker is made of. `dataDir` exists; `<dataDir>/scratch` and `<dataDir>/worker.json` are its own. */
export interface WorkerOptions {
  dataDir: string
  clock: Clock
  log: Log
  settings: WorkerSettings
  machine: WorkerMachine
  converters: Pick<Converters, 'convert'>
}

/** Whom a task is for: this node's own jobs run whenever it isn't paused, the lab's only while it is available. */
export type Audience = 'self' | 'lab'

/** A place to run one task; `release` may be called twice. */
export interface Slot {
  release(): void
}

/** Whoever holds leases: gives back what still runs (pause now, quit); resolves once it has stopped and was said. */
export type GiveBack = (reason: string) => Promise<void>

/** Beside source and result something must stay free, so that the machine's other programs live. */
const reservedBytes = 512 * 2 ** 20
const watchEveryMs = 5000

/** Opens the worker of a data folder: paused as it was. Before its first task its `scratch` is to be wiped. */
export async function openWorker(options: WorkerOptions): Promise<Worker> {
  const scratch = new Scratch(join(options.dataDir, 'scratch'), options.clock, options.log)
  await scratch.make()
  const pauseFile = join(options.dataDir, 'worker.json')
  return new Worker(options, scratch, { file: pauseFile, paused: await readPaused(pauseFile) })
}

/** This node's own hands: slots, threads, pausing and availability. Who lends the tasks is none of its business. */
export class Worker {
  readonly scratch: Scratch
  readonly #options: WorkerOptions
  readonly #pauseFile: string
  readonly #slots = new Set<Slot>()
  readonly #listeners = new Set<() => void>()
  readonly #givers = new Set<GiveBack>()
  readonly #watch: Timer
  #settings: WorkerSettings
  #paused: boolean
  #closing = false
  #said: string

  constructor(options: WorkerOptions, scratch: Scratch, pause: { file: string; paused: boolean }) {
    this.#options = options
    this.#settings = options.settings
    this.scratch = scratch
    this.#pauseFile = pause.file
    this.#paused = pause.paused
    this.#said = this.#saying()
    // Hours begin and mains come back without anybody telling.
    this.#watch = options.clock.every(watchEveryMs, () => this.#tellIfChanged())
  }

  /** As the one who asks may use it. */
  status(audience: Audience): WorkerStatus {
    const { machine } = this.#options
    return {
      ...this.#state(audience),
      slots: this.#settings.slots,
      busy: this.#slots.size,
      load: machine.load(),
      profiles: machine.profiles(),
      scratchFreeBytes: this.scratch.freeBytes(),
      hardware: machine.hardware(),
      tools: machine.tools()
    }
  }

  /** It is available to the lab, or something runs. */
  get keepAwake(): boolean {
    const { state } = this.#state('lab')
    return this.#slots.size > 0 || state === 'idle' || state === 'working'
  }

  /** Called when state, slots or the reason changed; must not throw. Answers how to stop listening. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Registers a holder of leases. */
  onGiveBack(give: GiveBack): void {
    this.#givers.add(give)
  }

  /** A slot, or one sentence on why there is none. `sizeBytes` of the source. */
  admit(task: { audience: Audience; kind: Kind; profile: ProfileName; sizeBytes: number }): Slot | string {
    const { state, reason } = this.#state(task.audience)
    if (this.#closing) return 'It is shutting down.'
    if (state !== 'idle' && state !== 'working') return reason
    if (this.#slots.size >= this.#settings.slots) return `All ${this.#settings.slots} slots are busy.`
    if (!this.#options.machine.profiles().includes(task.profile)) return `It has no tool for ${task.profile}.`
    const needed = neededBytes(task)
    if (this.scratch.freeBytes() < needed) return `Its disk has less than ${Math.ceil(needed / 2 ** 20)} MB free.`
    const slot: Slot = { release: () => this.#slots.delete(slot) && this.#tellIfChanged() }
    this.#slots.add(slot)
    this.#tellIfChanged()
    return slot
  }

  /** Runs a conversion with a fair share of the threads. The caller holds a slot. Never rejects. */
  convert(order: Omit<Conversion, 'threads'>, watch: ChildWatch): Promise<ConversionEnd> {
    return this.#options.converters.convert({ ...order, threads: this.#threadShare() }, watch)
  }

  /** Takes nothing new; with `now` what runs is given back, else it is finished. Remembered over restarts. */
  async pause(now: boolean): Promise<void> {
    await this.#setPaused(true)
    if (now) await this.#giveBack('The computer was paused.')
  }

  async resume(): Promise<void> {
    await this.#setPaused(false)
  }

  /** Takes changed settings over; what runs keeps its slot. */
  setSettings(settings: WorkerSettings): void {
    this.#settings = settings
    this.#tellIfChanged()
  }

  /** Something that the machine reports (tools, battery) changed. */
  machineChanged(): void {
    for (const listener of this.#listeners) listener()
  }

  /** Takes nothing any more; resolves when what runs has ended. */
  async drain(): Promise<void> {
    this.#closing = true
    const { promise, resolve } = Promise.withResolvers<void>()
    const stop = this.onChange(() => this.#slots.size === 0 && resolve())
    if (this.#slots.size === 0) resolve()
    await promise
    stop()
  }

  /** Gives everything back and takes nothing any more. */
  async close(): Promise<void> {
    this.#closing = true
    this.#watch.cancel()
    await this.#giveBack('The computer is shutting down.')
  }

  async #setPaused(paused: boolean): Promise<void> {
    this.#paused = paused
    this.#tellIfChanged()
    await writePaused(this.#pauseFile, paused)
  }

  async #giveBack(reason: string): Promise<void> {
    await Promise.all([...this.#givers].map((give) => give(reason)))
  }

  #state(audience: Audience) {
    const { clock, machine } = this.#options
    const { localWork, availability } = this.#settings
    const now = { wallMs: clock.wallMs(), battery: machine.hardware().battery }
    const closed = audience === 'lab' ? notAvailable(availability, now) : undefined
    return workerStateOf({ localWork, paused: this.#paused, busy: this.#slots.size, closed })
  }

  /** Of the whole budget, by what runs at its start: a lone task gets all threads, and those that join it less each. */
  #threadShare(): number {
    return Math.max(1, Math.floor(this.#settings.threads / Math.max(1, this.#slots.size)))
  }

  #saying(): string {
    return JSON.stringify([this.#state('self'), this.#state('lab'), this.#slots.size, this.#settings.slots])
  }

  #tellIfChanged(): void {
    const saying = this.#saying()
    if (saying === this.#said) return
    this.#said = saying
    for (const listener of this.#listeners) listener()
  }
}

/** Of the lab's tasks source and result lie in scratch; of own ones at most the unpacked tiles. */
function neededBytes({ audience, kind, sizeBytes }: { audience: Audience; kind: Kind; sizeBytes: number }): number {
  const ofResult = kind === 'slide' ? 2 * sizeBytes : sizeBytes
  return reservedBytes + ofResult + (audience === 'lab' ? sizeBytes : 0)
}
