import { type ChildProcess, fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type Converted,
  childStart,
  type FromChild,
  fromChild,
  type Probed,
  type ToChild
} from '../../shared/converter-protocol.ts'
import type { Kind } from '../../shared/domain/profiles.ts'
import { parseProfile } from '../../shared/domain/profiles.ts'
import type { JobError } from '../../shared/errors.ts'
import type { Output, Tools } from '../converter.ts'

type Ended = Extract<FromChild, { type: 'converted' | 'probed' | 'sampled' | 'failed' }>

/** A conversion as tests ask for it. */
export interface Wish {
  sourcePath: string
  profile: string
  options?: Record<string, unknown>
  output: Output
  kind?: Kind
  scratchDir?: string
}

const endWithinMs = 5000

/** The real child in a process of its own, and everything that it said. */
export class ForkedChild implements AsyncDisposable {
  readonly process: ChildProcess
  readonly messages: FromChild[] = []
  readonly #tools: Tools
  readonly #dir: string
  #change = Promise.withResolvers<void>()

  private constructor(process: ChildProcess, tools: Tools, dir: string) {
    this.process = process
    this.#tools = tools
    this.#dir = dir
    process.on('message', (raw) => {
      this.messages.push(fromChild.parse(raw))
      this.#changed()
    })
    process.on('exit', () => this.#changed())
    process.on('disconnect', () => this.#changed())
  }

  #changed(): void {
    this.#change.resolve()
    this.#change = Promise.withResolvers()
  }

  /** `env`: what this child alone finds in its environment. */
  static async start(tools: Partial<Tools> = {}, env: NodeJS.ProcessEnv = {}): Promise<ForkedChild> {
    const entry = join(import.meta.dirname, '..', 'child.ts')
    const dir = await mkdtemp(join(tmpdir(), 'microtome-child-'))
    const child = new ForkedChild(
      fork(entry, [], {
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
        execArgv: [...childStart.nodeArgs],
        env: { ...process.env, ...childStart.env, ...env }
      }),
      { threads: 2, ...tools },
      dir
    )
    await child.until(() => child.messages.some(({ type }) => type === 'ready'))
    return child
  }

  async probe(sourcePath: string, thumbnailPath?: string): Promise<Probed> {
    const end = await this.request({ type: 'probe', id: randomUUID(), sourcePath, thumbnailPath, tools: this.#tools })
    if (end.type === 'probed') return end.result
    throw new Error(`no probe result: ${JSON.stringify(end)}`)
  }

  async convert(wish: Wish): Promise<Converted> {
    const end = await this.request(this.wish(wish))
    if (end.type === 'converted') return end.result
    throw new Error(`no result: ${JSON.stringify(end)}`)
  }

  /** The error that a request ends with. */
  async failure(request: ToChild | Wish): Promise<JobError> {
    const end = await this.request('type' in request ? request : this.wish(request))
    if (end.type === 'failed') return end.error
    throw new Error(`it did not fail: ${JSON.stringify(end)}`)
  }

  async probeFailure(sourcePath: string): Promise<JobError> {
    return this.failure({ type: 'probe', id: randomUUID(), sourcePath, tools: this.#tools })
  }

  async sample(path: string): Promise<void> {
    const end = await this.request({ type: 'sample', id: randomUUID(), path, tools: this.#tools })
    if (end.type !== 'sampled') throw new Error(`no sample: ${JSON.stringify(end)}`)
  }

  wish({ kind = 'slide', options = {}, profile, scratchDir = this.#dir, ...rest }: Wish): ToChild {
    const parsed = parseProfile(profile, options)
    return { type: 'convert', id: randomUUID(), kind, profile: parsed, scratchDir, tools: this.#tools, ...rest }
  }

  async request(message: ToChild): Promise<Ended> {
    this.send(message)
    return this.ended(message.id)
  }

  send(message: unknown): void {
    this.process.send(message as object)
  }

  async ended(id: string): Promise<Ended> {
    const find = () => this.messages.find((message): message is Ended => isEnd(message) && message.id === id)
    await this.until(() => find() !== undefined)
    const found = find()
    if (!found) throw new Error(`the child ended without an answer to ${id}`)
    return found
  }

  /** Resolves with the condition, or when the child is gone. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition() && !this.hasExited()) await this.#change.promise
  }

  /** Its last words may come after its end: only a closed channel has said all. */
  hasExited(): boolean {
    const { exitCode, signalCode, connected } = this.process
    return (exitCode !== null || signalCode !== null) && !connected
  }

  /** Lets it end by itself first: only so its ffmpeg ends too. */
  async [Symbol.asyncDispose](): Promise<void> {
    const timer = setTimeout(() => this.process.kill('SIGKILL'), endWithinMs)
    if (this.process.connected) this.process.disconnect()
    await this.until(() => false)
    clearTimeout(timer)
    await rm(this.#dir, { recursive: true, force: true, maxRetries: 5 })
  }
}

function isEnd(message: FromChild): message is Ended {
  return ['converted', 'probed', 'sampled', 'failed'].includes(message.type)
}
