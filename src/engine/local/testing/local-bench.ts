import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/websocket'
import type { ContractRouterClient } from '@orpc/contract'
import { onError } from '@orpc/server'
import { RPCHandler } from '@orpc/server/ws'
import { WebSocketServer } from 'ws'
import type { LocalContract, NodeStatus, PairingEvent } from '../../../shared/contract/local.ts'
import { toRpcError } from '../../../shared/contract/rpc-error.ts'
import type { ServiceState } from '../../../shared/domain/services.ts'
import { MicrotomeError } from '../../../shared/errors.ts'
import { systemClock } from '../../clock.ts'
import { openConfig } from '../../config/index.ts'
import { EventHub } from '../../events/index.ts'
import { Inspector, Uploads } from '../../intake/index.ts'
import { Edits, Submitter } from '../../jobs/index.ts'
import { Keys } from '../../keys/index.ts'
import { LiveTasks, type WorkerPort } from '../../scheduler/index.ts'
import { openStorage } from '../../storage/index.ts'
import { intakeOf } from '../../wiring/intake.ts'
import { createLocalRouter, JobRows, type Lab } from '../index.ts'

type Client = ContractRouterClient<LocalContract>

/** The local router on real storage, files and configuration behind a real socket; the lab is what the test says. */
export class LocalBench {
  readonly folder: string
  readonly events = new EventHub((bug) => this.bugs.push(bug))
  readonly bugs: unknown[] = []
  readonly ports = new Map<string, WorkerPort>()
  /** Pairing streams that were opened and left. */
  readonly pairing = { opened: 0, left: 0 }
  readonly shutdowns: boolean[] = []
  bytesPerSecond: number | undefined
  readonly storage
  readonly live = new LiveTasks()
  services: ServiceState[] = []
  readonly #undo = new AsyncDisposableStack()
  #port = 0

  private constructor(folder: string) {
    this.folder = folder
    this.storage = openStorage(join(folder, 'test.db'), systemClock)
  }

  static async open(): Promise<LocalBench> {
    const bench = new LocalBench(await mkdtemp(join(tmpdir(), 'microtome-local-')))
    bench.#undo.defer(() => rm(bench.folder, { recursive: true }))
    bench.#undo.defer(() => bench.storage.close())
    await bench.#serve()
    return bench
  }

  close(): Promise<void> {
    return this.#undo.disposeAsync()
  }

  /** A page: its socket and what it calls. */
  connect(): { client: Client; leave: () => Promise<void> } {
    const socket = new WebSocket(`ws://127.0.0.1:${this.#port}`)
    const leave = async () => {
      if (socket.readyState === WebSocket.CLOSED) return
      socket.close()
      await once(socket, 'close')
    }
    this.#undo.defer(leave)
    return { client: createORPCClient(new RPCLink({ websocket: socket })), leave }
  }

  async #serve(): Promise<void> {
    const handler = new RPCHandler(await this.#router(), {
      clientInterceptors: [
        onError((thrown) => {
          const error = toRpcError(thrown)
          if (error.status >= 500) this.bugs.push(thrown)
          throw error
        })
      ]
    })
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
    await once(server, 'listening')
    server.on('connection', (socket) => void handler.upgrade(socket))
    const address = server.address()
    this.#port = typeof address === 'object' && address ? address.port : 0
    this.#undo.defer(() => new Promise<void>((resolve) => server.close(() => resolve())))
  }

  async #router() {
    const { events, live, folder } = this
    const { jobs, leases } = this.storage
    const clock = systemClock
    const config = await openConfig({
      dataDir: folder,
      environment: {},
      commandLine: { destination: join(folder, 'out') },
      machine: { hostName: 'path-07', homeDir: folder, threads: 4, memoryBytes: 2 ** 33 },
      clock,
      log: { warn() {} }
    })
    this.#undo.defer(() => config.close())
    const keys = await Keys.open({ store: this.storage.keys, clock, onBug: (bug) => this.bugs.push(bug) })
    this.#undo.defer(() => keys.close())
    const uploads = new Uploads(join(folder, 'uploads'), clock, () => 1000)
    const inspector = new Inspector({ probe: async (path) => probed(path) }, folder)
    const dispatcher = { poke() {}, cancel: async () => {}, whyWaiting: () => 'All computers are busy.' }
    return createLocalRouter({
      clock,
      dataDir: folder,
      events,
      config,
      jobs,
      rows: new JobRows({ jobs, live, dispatcher, platform: 'linux', nodeId: 'self' }),
      submitter: new Submitter({
        jobs,
        leases,
        clock,
        intake: intakeOf({ inspector, uploads }),
        namePattern: () => config.current().namePattern
      }),
      edits: new Edits({
        jobs,
        leases,
        dispatching: dispatcher,
        clock,
        onChanged: (id) => events.emit('job', id),
        onEnded: async () => {}
      }),
      dispatcher,
      inspector,
      uploads,
      lab: this.#lab(),
      keys,
      services: async () => this.services,
      status: async () => this.#status(await jobs.counts()),
      backup: (path) => this.storage.copyTo(path),
      doctor: async () => [{ name: 'Node', status: 'ok', detail: 'v24' }],
      makeSample: async () => join(folder, 'sample.tif'),
      forget: (ids) => leases.remove(ids),
      shutdown: (now) => this.shutdowns.push(now),
      onBug: (bug) => this.bugs.push(bug)
    })
  }

  #lab(): Lab {
    return {
      views: () => [],
      nearby: () => [{ instance: 'brave-otter', host: '10.0.0.9', port: 47800 }],
      find: (node) => node,
      port: (nodeId) => this.ports.get(nodeId),
      remove: async (nodeId) => void this.ports.delete(nodeId),
      openPairing: () => this.#openPairing(),
      join: async (address) => ({ nodeId: 'n', name: address }),
      bytesPerSecond: () => this.bytesPerSecond
    }
  }

  /** Shows a code, then says nothing: as long as nobody types it. */
  #openPairing(): AsyncIterableIterator<PairingEvent> {
    this.pairing.opened += 1
    const ended = Promise.withResolvers<IteratorResult<PairingEvent>>()
    let told = false
    const stream: AsyncIterableIterator<PairingEvent> = {
      next: async () => {
        if (told) return ended.promise
        told = true
        return { done: false, value: { type: 'code', code: '123456', expiresAtMs: 1 } }
      },
      return: async () => {
        this.pairing.left += 1
        const end = { done: true, value: undefined } as const
        ended.resolve(end)
        return end
      },
      [Symbol.asyncIterator]: () => stream
    }
    return stream
  }

  #status(counts: NodeStatus['counts']): NodeStatus {
    return {
      nodeId: 'here',
      name: 'path-07',
      version: '0.1.0',
      peerPort: 1,
      uiUrl: '',
      dataDir: this.folder,
      worker: 'idle',
      workerReason: '',
      keepAwake: false,
      counts,
      video: { available: true }
    }
  }
}

function probed(path: string) {
  if (path.endsWith('.jpg')) return { kind: 'image', format: 'jpeg', hasThumbnail: false } as const
  throw new MicrotomeError({ code: 'not-recognised', class: 'input', message: 'It is nothing we know.' })
}
