import type { FileHandle } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import type { MicrotomeError } from '../../shared/errors.ts'
import { pause, writeError } from '../transfer/index.ts'
import { demandRoom } from './free-room.ts'
import type { PartFile, PartState } from './part-file.ts'
import { Persistence } from './persistence.ts'
import { Progress } from './progress.ts'
import { systemResolve } from './resolve-host.ts'
import { type Incoming, incomingOf } from './source-answer.ts'
import { TimeLimits } from './time-limits.ts'
import { checkedUrl } from './url-policy.ts'
import { tellable } from './url-text.ts'
import type { Fetching, WebParts } from './web.ts'
import { cut, tooLarge } from './web-errors.ts'
import { ask } from './web-request.ts'

/** Between two looks at the room on the disk. */
const roomEveryBytes = 64 * 2 ** 20

/**
 * One fetch of one file, with as many requests as cuts make necessary and as the server can go on after. What stays in `part` where it
 * throws, and what it throws: see `WebSources.fetch`.
 */
export class FileFetch {
  readonly #parts: WebParts
  readonly #part: PartFile
  readonly #url: URL
  readonly #what: string
  readonly #limits: TimeLimits
  readonly #progress: Progress
  readonly #persistence = new Persistence()

  constructor(parts: WebParts, part: PartFile, { url, signal, onProgress }: Fetching) {
    this.#parts = parts
    this.#part = part
    this.#url = checkedUrl(url, parts.settings().urlHosts)
    this.#what = tellable(this.#url)
    this.#limits = new TimeLimits(parts.clock, this.#what, parts.settings().urlTimeoutS, signal)
    this.#progress = new Progress(parts.clock, onProgress)
  }

  /** Bytes of the whole file. */
  async run(): Promise<number> {
    try {
      for (;;) {
        const failure = await this.#try()
        if (typeof failure === 'number') return failure
        const waitMs =
          failure.code === 'url-cut' ? this.#persistence.waitMs((await this.#part.state()).sizeBytes) : undefined
        if (waitMs === undefined) throw failure
        this.#parts.log.debug('a fetch was cut and goes on', {}, failure)
        await pause(this.#parts.clock, waitMs, this.#limits.signal)
      }
    } finally {
      this.#limits.stop()
    }
  }

  async #try(): Promise<number | MicrotomeError> {
    try {
      return await this.#once()
    } catch (thrown) {
      return this.#limits.meaningOf(thrown)
    }
  }

  async #once(): Promise<number> {
    const there = await this.#part.state()
    if (there.sizeBytes > 0 && there.sizeBytes === there.totalBytes) return this.#finish(there.sizeBytes)
    const response = await this.#ask(there)
    try {
      const incoming = incomingOf(response, there, this.#what)
      if (incoming) return await this.#receive(response, incoming)
    } finally {
      response.destroy()
    }
    await this.#part.remove()
    return this.#once()
  }

  async #ask({ sizeBytes, validator }: PartState): Promise<IncomingMessage> {
    const { settings, resolve = systemResolve } = this.#parts
    const goesOn = sizeBytes > 0 && validator !== undefined
    const headers = goesOn ? { range: `bytes=${sizeBytes}-`, 'if-range': validator } : {}
    const hosts = settings().urlHosts
    const { response } = await ask({ method: 'GET', url: this.#url, headers, hosts, resolve, limits: this.#limits })
    return response
  }

  async #receive(response: IncomingMessage, incoming: Incoming): Promise<number> {
    const { start, totalBytes, validator } = incoming
    const limitBytes = this.#parts.settings().urlLimitBytes
    if (totalBytes !== undefined && totalBytes > limitBytes) throw tooLarge(this.#what, totalBytes, limitBytes)
    const note = validator === undefined ? undefined : { validator, totalBytes }
    const file = await (start === 0 ? this.#part.begin(note) : this.#part.goOn()).catch(failedWrite)
    try {
      const sizeBytes = await this.#write(response, file, incoming)
      if (sizeBytes < (totalBytes ?? 0)) throw cut(this.#what)
      // Its job may be told durably that it is there.
      await file.sync().catch(failedWrite)
      return await this.#finish(sizeBytes)
    } finally {
      await file.close()
    }
  }

  async #write(response: IncomingMessage, file: FileHandle, { start, totalBytes }: Incoming): Promise<number> {
    const limitBytes = this.#parts.settings().urlLimitBytes
    let movedBytes = start
    let lookAgainAt = start
    for await (const chunk of response as AsyncIterable<Buffer>) {
      this.#limits.touch()
      if (movedBytes + chunk.length > limitBytes) throw tooLarge(this.#what, undefined, limitBytes)
      if (movedBytes >= lookAgainAt) {
        await demandRoom(this.#part.dir, totalBytes === undefined ? 0 : totalBytes - movedBytes)
        lookAgainAt = movedBytes + roomEveryBytes
      }
      await file.appendFile(chunk).catch(failedWrite)
      movedBytes += chunk.length
      this.#progress.tell({ movedBytes, totalBytes })
    }
    return movedBytes
  }

  async #finish(sizeBytes: number): Promise<number> {
    await this.#part.finish().catch(failedWrite)
    this.#progress.end({ movedBytes: sizeBytes, totalBytes: sizeBytes })
    return sizeBytes
  }
}

function failedWrite(thrown: unknown): never {
  throw writeError(thrown)
}
