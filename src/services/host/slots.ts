import { statSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import type { ServiceState } from '../../shared/domain/services.ts'
import { type JobError, toJobError } from '../../shared/errors.ts'
import { type ReferencePlaces, resolveReferences } from './config/references.ts'
import type { ServerConfig, ServersConfig } from './config/schema.ts'
import { idleFeatures } from './load/features.ts'
import { type LoadParts, loadService } from './load/load-service.ts'
import { moduleOf } from './load/locate.ts'
import type { RunningService } from './load/running-service.ts'
import type { SetupFunction } from './service.ts'

/** A service of the configuration, whether it runs or not. */
interface Slot {
  entry: ServerConfig
  state: ServiceState['state']
  error?: JobError | undefined
  running?: RunningService | undefined
  /** What it was made of; another one means that it is to be loaded anew. */
  made?: unknown
}

export interface SlotParts extends Omit<LoadParts, 'dir' | 'outDir' | 'trustProxy' | 'provided'> {
  provided: Readonly<Record<string, SetupFunction>>
  env: ReferencePlaces['env']
  graceMs: number
}

/** The configuration that is to be in force. */
export interface Wanted {
  config: ServersConfig
  dir: string
  /** A listener leads to it; others stay off and are not even loaded. */
  isReachable(name: string): boolean
}

/**
 * The services by name. Each comes and goes by itself: one that fails leaves the others as they are, and one that fails when it is
 * loaded anew leaves its own last good version at work.
 */
export class Slots {
  readonly #parts: SlotParts
  readonly #leaving = new Set<Promise<void>>()
  #slots = new Map<string, Slot>()

  constructor(parts: SlotParts) {
    this.#parts = parts
  }

  running(name: string): RunningService | undefined {
    return this.#slots.get(name)?.running
  }

  /** Brings the services to what is wanted. Never throws. `ready` is called when requests may be led to the new ones. */
  async apply(wanted: Wanted, ready: () => void): Promise<void> {
    const before = this.#slots
    const slots = wanted.config.servers.map((entry) => ({
      ...before.get(entry.name),
      entry,
      state: 'starting' as const
    }))
    this.#slots = new Map(slots.map((slot) => [slot.entry.name, slot]))
    await Promise.all(slots.map((slot) => this.#bring(slot, wanted)))
    ready()
    const kept = new Set(slots.map(({ running }) => running))
    const gone = [...before.values()].flatMap(({ running }) => (running && !kept.has(running) ? [running] : []))
    for (const running of gone) this.#leave(running)
  }

  async states(urlsOf: (name: string) => string[]): Promise<ServiceState[]> {
    return Promise.all(
      [...this.#slots.values()].map(async ({ entry, state, error, running }) => ({
        id: String(entry.id),
        name: entry.name,
        domains: entry.domains,
        state,
        ...(error && { reason: error.message, hint: error.hint }),
        urls: state === 'off' ? [] : urlsOf(entry.name),
        stats: await running?.stats()
      }))
    )
  }

  /** Takes a service out that threw outside of a request, until its entry or its module is saved. */
  fail(name: string, thrown: unknown): void {
    const slot = this.#slots.get(name)
    if (!slot) return
    const error = toJobError(thrown)
    slot.error = { ...error, message: `It was stopped because it threw and nobody caught it. ${error.message}` }
    slot.state = 'failed'
    if (slot.running) this.#leave(slot.running)
    Object.assign(slot, { running: undefined, made: undefined })
    this.#parts.log.warn('a service threw what nobody caught and was stopped', { service: name, code: error.code })
  }

  /** Ends those that `isMeant`; running requests get `graceMs`. */
  async retire(isMeant: (name: string) => boolean, graceMs: number): Promise<void> {
    const meant = [...this.#slots.values()].filter(({ entry }) => isMeant(entry.name))
    const ended = meant.map(async (slot) => {
      await slot.running?.retire(graceMs)
      Object.assign(slot, { state: 'off', running: undefined })
    })
    await Promise.all([...this.#leaving, ...ended])
  }

  /** Its running requests finish while the new version takes the others. */
  #leave(running: RunningService): void {
    const left = running.retire(this.#parts.graceMs).finally(() => this.#leaving.delete(left))
    this.#leaving.add(left)
  }

  async #bring(slot: Slot, wanted: Wanted): Promise<void> {
    const { name } = slot.entry
    if (!wanted.isReachable(name))
      return void Object.assign(slot, { state: 'off', running: undefined, made: undefined, error: undefined })
    try {
      await this.#load(slot, wanted)
      slot.error = undefined
      slot.state = 'running'
    } catch (thrown) {
      slot.error = failure(slot, thrown)
      slot.state = slot.running ? 'running' : 'failed'
      this.#parts.log.warn('a service could not be loaded', { service: name, code: slot.error.code })
    }
  }

  async #load(slot: Slot, { config, dir }: Wanted): Promise<void> {
    const { provided, env, ...parts } = this.#parts
    const { name } = slot.entry
    const setup = Object.hasOwn(provided, name) ? provided[name] : undefined
    const entry = await resolveReferences(slot.entry, { env, dir })
    const { trustProxy, build } = config.global
    const file = setup ? undefined : moduleOf(entry, dir)
    const made = { entry, dir, trustProxy, build: build.outDir, file, version: file && versionOf(file) }
    if (slot.running && isDeepStrictEqual(made, slot.made)) return
    this.#noteIdleKeys(entry)
    slot.running = await loadService(entry, { ...parts, dir, outDir: build.outDir, trustProxy, provided: setup })
    slot.made = made
  }

  #noteIdleKeys({ name, server, database }: ServerConfig): void {
    const idle = idleFeatures.filter((feature) => server.features[feature])
    for (const key of database ? [...idle, 'database'] : idle)
      this.#parts.log.info('a key of the configuration has no meaning here', { service: name, setting: key })
  }
}

function failure(slot: Slot, thrown: unknown): JobError {
  const error = toJobError(thrown)
  if (!slot.running) return error
  return { ...error, message: `Its new version could not be loaded, the one before goes on. ${error.message}` }
}

/** Changes when the module is saved. */
function versionOf(file: string): string {
  const { mtimeMs, size } = statSync(file)
  return `${mtimeMs}/${size}`
}
