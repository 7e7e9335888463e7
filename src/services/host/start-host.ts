import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { ServiceState } from '../../shared/domain/services.ts'
import { type JobError, toJobError } from '../../shared/errors.ts'
import { type ConfigSource, type FoundConfig, fixedSource } from './config/config-source.ts'
import { parseServersConfig } from './config/parse-config.ts'
import type { ReferencePlaces } from './config/references.ts'
import type { ServersConfigInput } from './config/schema.ts'
import { type DebugToken, debugTokenOf } from './debug-token.ts'
import { type Door, Doors, leadsTo } from './doors.ts'
import { type HostOptions, ordinaryPatience, type Patience } from './host-options.ts'
import { hostPaths, hostRoutes } from './host-routes.ts'
import { KeepAlive, ordinaryTicking } from './keep-alive.ts'
import { HostTable } from './listen/route-by-host.ts'
import { noteRouting } from './listen/routing-info.ts'
import { serviceAtWork } from './load/at-work.ts'
import type { RunningService } from './load/running-service.ts'
import type { ServiceLog } from './service.ts'
import { Slots } from './slots.ts'
import { configState, withClosedDoor } from './state-words.ts'
import { completed, wantedDoors } from './wanted.ts'

/** The HTTP faces of a node. */
export interface Host {
  /** Where each service answers. */
  urls(): Record<string, string[]>
  /** One per service, and one for the configuration while its file is wrong. */
  states(): Promise<ServiceState[]>
  /** For the process's handler of what nobody caught: stops the service that threw it; false where it was none. */
  blame(thrown: unknown): boolean
  /** Reads the configuration now; resolves when it is in force, or refused. */
  reload(): Promise<void>
  /** Ends all services but those that were provided: no new requests, running ones finish, within 30 s. */
  closeFaces(): Promise<void>
  /** Ends the rest, too. May be called twice. */
  close(): Promise<void>
}

/**
 * Starts the HTTP faces of a node. A service that fails is told of in `states`; a listener of `listen` that can't be opened, and a
 * configuration that was named and is wrong, throw a MicrotomeError, and nothing is left running then.
 */
export async function startHost(options: HostOptions): Promise<Host> {
  const host = new ServiceHost(options)
  try {
    await host.start()
    return host
  } catch (thrown) {
    await host.close()
    throw thrown
  }
}

/** For the last bytes of an answer to leave. */
const lastBytesMs = 500

const silent: ServiceLog = { info: () => {}, warn: () => {} }
const noConfig: FoundConfig = { config: parseServersConfig({ servers: [] }), dir: '.' }

class ServiceHost implements Host {
  readonly #options: HostOptions
  readonly #source: ConfigSource
  readonly #slots: Slots
  readonly #doors: Doors
  readonly #keepAlive: KeepAlive
  readonly #env: ReferencePlaces['env']
  readonly #patience: Patience
  readonly #log: ServiceLog
  readonly #onBug: (thrown: unknown) => void
  #found = noConfig
  #table = new HostTable(noConfig.config, false)
  #error: JobError | undefined
  #mayDebug: DebugToken = () => false
  #own: Awaited<ReturnType<typeof hostRoutes>> | undefined
  #watch: { close(): void } | undefined
  #queue: Promise<unknown> = Promise.resolve()
  #isEnding = false
  #facesClosed: Promise<void> | undefined
  #closed: Promise<void> | undefined

  constructor(options: HostOptions) {
    const { api, config, log = silent, env = process.env, provided = {}, onBug = () => {} } = options
    const { ticking = ordinaryTicking } = options
    this.#env = env
    this.#keepAlive = new KeepAlive(ticking, log)
    this.#options = options
    this.#log = log
    this.#onBug = onBug
    this.#patience = { ...ordinaryPatience, ...options.patience }
    this.#source = isSource(config) ? config : fixedSource(config, options.dir ?? process.cwd())
    this.#slots = new Slots({
      api,
      log,
      onBug,
      provided,
      env,
      patience: this.#patience,
      graceMs: this.#patience.graceMs
    })
    this.#doors = new Doors({ request: this.#request, upgrade: this.#upgrade }, env, this.#patience.graceMs)
  }

  async start(): Promise<void> {
    const { api, isDevelopment = false } = this.#options
    this.#own = await hostRoutes({
      states: () => this.states(),
      config: () => this.#found.config,
      configError: () => this.#error,
      startedAtMs: Date.now(),
      version: api.version,
      isDevelopment,
      mayDebug: (shown) => this.#mayDebug(shown),
      isEnding: () => this.#isEnding,
      onBug: this.#onBug
    })
    await this.#apply(await this.#first())
    this.#watch = this.#source.watch(() => void this.reload())
  }

  urls(): Record<string, string[]> {
    return Object.fromEntries(this.#found.config.servers.map(({ name }) => [name, this.#doors.urlsOf(name)]))
  }

  async states(): Promise<ServiceState[]> {
    const states = await this.#slots.states((name) => this.#doors.urlsOf(name))
    const told = states.map((state) => withClosedDoor(state, this.#doors.errorOf(state.name)))
    return this.#error ? [...told, configState(this.#error)] : told
  }

  blame(thrown: unknown): boolean {
    const name = serviceAtWork()
    if (name === undefined) return false
    this.#slots.fail(name, thrown)
    return true
  }

  reload(): Promise<void> {
    const reloaded = this.#queue.then(async () => {
      if (this.#isEnding) return
      try {
        const found = await this.#source.read()
        this.#error = undefined
        await this.#apply(found)
      } catch (thrown) {
        this.#refuse(thrown)
      }
    })
    this.#queue = reloaded
    return reloaded
  }

  closeFaces(): Promise<void> {
    this.#facesClosed ??= this.#endFaces()
    return this.#facesClosed
  }

  close(): Promise<void> {
    this.#closed ??= this.#end()
    return this.#closed
  }

  async #endFaces(): Promise<void> {
    this.#watch?.close()
    await this.#queue
    this.#isEnding = true
    this.#keepAlive.close()
    const isFace = (door: Door) => !door.isPrivate
    const { provided = {} } = this.#options
    this.#doors.stop(isFace)
    await this.#slots.retire((name) => !Object.hasOwn(provided, name), this.#patience.graceMs)
    // Running requests are answered by now, or were given up.
    await this.#doors.close(isFace, lastBytesMs)
  }

  async #end(): Promise<void> {
    await this.closeFaces()
    this.#doors.stop(() => true)
    // Its page knows already that the node ended; nothing is worth waiting for.
    await this.#slots.retire(() => true, 0)
    await this.#doors.close(() => true, 0)
    await this.#own?.close()
  }

  /** At the start a wrong file is survived unless somebody named it just now. */
  async #first(): Promise<FoundConfig> {
    try {
      return await this.#source.read()
    } catch (thrown) {
      const good = await this.#source.lastGood()
      if (!good && this.#source.named) throw thrown
      this.#refuse(thrown)
      return good ?? noConfig
    }
  }

  #refuse(thrown: unknown): void {
    this.#error = toJobError(thrown)
    if (this.#error.class === 'bug') this.#onBug(thrown)
    this.#log.warn('the configuration of the services is refused, the last good one stays in force', {
      code: this.#error.code
    })
  }

  async #apply(found: FoundConfig): Promise<void> {
    const { isDevelopment = false } = this.#options
    const config = completed(found.config, this.#options)
    const doors = wantedDoors(config, this.#options)
    const isReachable = (name: string) => doors.some((door) => leadsTo(door, name))
    await this.#slots.apply({ config, dir: found.dir, isReachable }, () => {
      this.#found = { ...found, config }
      this.#table = new HostTable(config, isDevelopment)
    })
    await this.#doors.apply(doors, found.dir)
    const { debugToken, keepAlive } = config.global
    this.#mayDebug = await debugTokenOf(debugToken, { env: this.#env, dir: found.dir }, this.#log)
    this.#keepAlive.follow(keepAlive)
  }

  readonly #request = (door: Door, request: IncomingMessage, response: ServerResponse): void => {
    const service = this.#serviceFor(door, request)
    if (service) service.take(request, response)
    else this.#own?.routing(request, response)
  }

  readonly #upgrade = (door: Door, request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const service = this.#serviceFor(door, request)
    if (service?.upgrade(request, socket, head)) return
    socket.on('error', () => socket.destroy())
    socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
  }

  /** Undefined where the host answers itself. */
  #serviceFor(door: Door, request: IncomingMessage): RunningService | undefined {
    const info = this.#table.choose(request, door.servers)
    noteRouting(request, info)
    if (this.#isEnding && !door.isPrivate) return undefined
    const service = info.module === undefined ? undefined : this.#slots.running(info.module)
    if (door.isPrivate) return service
    const path = request.url?.split('?')[0] ?? '/'
    return hostPaths.includes(path) && !service?.owns(path) ? undefined : service
  }
}

function isSource(config: ServersConfigInput | ConfigSource): config is ConfigSource {
  return 'read' in config
}
