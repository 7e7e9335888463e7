import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { implement } from '@orpc/server'
import { RPCHandler } from '@orpc/server/ws'
import { onTestFinished } from 'vitest'
import { WebSocketServer } from 'ws'
import { type LocalEvent, localContract } from '../../shared/contract/local.ts'
import { toRpcError } from '../../shared/contract/rpc-error.ts'
import type { Job, Report } from '../../shared/domain/jobs.ts'
import { MicrotomeError } from '../../shared/errors.ts'

const token = 'fixture-token'
export const nodeId = 'fixturenode'

export function makeJob(id: string, change: Partial<Job> = {}): Job {
  return {
    id,
    submissionId: 'drop',
    file: `/in/${id}.svs`,
    name: `${id}.svs`,
    kind: 'slide',
    sizeBytes: 1,
    profile: { name: 'dzi', options: {} },
    priority: 'normal',
    state: 'queued',
    progress: 0,
    attempts: 0,
    createdAtMs: 0,
    ...change
  }
}

/** A node behind a real local door whose jobs go as the test says. */
export class FixtureNode {
  readonly dataDir: string
  readonly calls: { command: string; input: unknown }[] = []
  jobs: Job[] = []
  jobsPerPage = 2
  report: Report = { levels: 3 }
  readonly #listeners = new Set<(event: LocalEvent) => void>()
  readonly #server = createServer()
  readonly #sockets = new WebSocketServer({ noServer: true, handleProtocols: () => 'microtome' })

  private constructor(dataDir: string) {
    this.dataDir = dataDir
  }

  /** Starts on a new data folder, or on that of a node that was killed. */
  static async start(dataDir = mkdtempSync(join(tmpdir(), 'microtome-cli-'))): Promise<FixtureNode> {
    const node = new FixtureNode(dataDir)
    await node.#listen()
    onTestFinished(() => {
      node.kill()
      rmSync(node.dataDir, { recursive: true, force: true })
    })
    return node
  }

  /** Changes a job and tells whoever listens. */
  change(id: string, change: Partial<Job>): void {
    this.jobs = this.jobs.map((job) => (job.id === id ? { ...job, ...change } : job))
    const jobs = this.jobs.filter((job) => job.id === id)
    for (const listener of this.#listeners) listener({ type: 'jobs', jobs })
  }

  /** Cuts every connection and listens no more; the run file stays, as after a SIGKILL. */
  kill(): void {
    for (const socket of this.#sockets.clients) socket.terminate()
    this.#server.close()
    this.#server.closeAllConnections()
  }

  async #listen(): Promise<void> {
    const handler = new RPCHandler(this.#router(), {
      clientInterceptors: [({ next }) => next().catch((thrown) => Promise.reject(toRpcError(thrown)))]
    })
    this.#server.on('upgrade', (request, socket, head) => {
      const allowed = request.headers['sec-websocket-protocol']?.includes(`token.${token}`)
      if (!allowed) return void socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n')
      this.#sockets.handleUpgrade(request, socket, head, (accepted) => void handler.upgrade(accepted))
    })
    await once(this.#server.listen(0, '127.0.0.1'), 'listening')
    const { port: uiPort } = this.#server.address() as AddressInfo
    const info = { pid: process.pid, uiPort, token, nodeId, startedAtMs: 0 }
    writeFileSync(join(this.dataDir, 'run.json'), JSON.stringify(info))
  }

  #router() {
    const os = implement(localContract)
    const edit = (command: string) => (input: { ids: string[] }) => {
      this.calls.push({ command, input })
      if (command === 'cancel') for (const id of input.ids) this.change(id, { state: 'cancelled' })
      return { changed: input.ids.length, refused: [] }
    }
    const jobs = {
      list: os.jobs.list.handler(({ input }) => this.#page(Number(input.cursor ?? 0))),
      get: os.jobs.get.handler(({ input }) => this.#details(input.id)),
      cancel: os.jobs.cancel.handler(({ input }) => edit('cancel')(input)),
      retry: os.jobs.retry.handler(({ input }) => edit('retry')(input)),
      hold: os.jobs.hold.handler(({ input }) => edit('hold')(input))
    }
    return {
      jobs,
      submit: os.submit.handler(({ input }) => {
        this.calls.push({ command: 'submit', input })
        const error = { code: 'not-found', class: 'input' as const, message: 'There is no such file.' }
        const refused = input.paths
          .filter((path) => path.includes('missing'))
          .map((path) => ({ path, name: path, error }))
        return { submissionId: 'drop', jobs: this.jobs, refused }
      }),
      keys: {
        create: os.keys.create.handler(({ input }) => {
          this.calls.push({ command: 'keys.create', input })
          return { id: 'of-the-node', key: 'mt_of-the-node', createdAtMs: 0, ...input }
        })
      },
      events: os.events.handler(({ signal }) => this.#events(signal))
    }
  }

  #page(from: number) {
    const end = from + this.jobsPerPage
    const next = end < this.jobs.length ? { next: String(end) } : {}
    return { jobs: this.jobs.slice(from, end), ...next }
  }

  #details(id: string) {
    const job = this.jobs.find((one) => one.id === id)
    if (!job) throw new MicrotomeError({ code: 'unknown-job', class: 'input', message: `There is no job "${id}".` })
    const rest = { destination: '/out', onExists: 'rename' as const, attemptLog: [], logLines: [], command: '' }
    return { ...job, ...rest, report: this.report }
  }

  async *#events(signal: AbortSignal | undefined): AsyncGenerator<LocalEvent> {
    const queue: LocalEvent[] = []
    let wake = () => {}
    const listener = (event: LocalEvent) => {
      queue.push(event)
      wake()
    }
    this.#listeners.add(listener)
    signal?.addEventListener('abort', () => wake())
    try {
      while (!signal?.aborted) {
        yield* queue.splice(0)
        await new Promise<void>((resolve) => {
          wake = resolve
          if (queue.length > 0 || signal?.aborted) resolve()
        })
      }
    } finally {
      this.#listeners.delete(listener)
    }
  }
}
