import type { Converted, Probed } from '../../shared/converter-protocol.ts'
import type { JobError } from '../../shared/errors.ts'
import { MicrotomeError } from '../../shared/errors.ts'
import type { ChildAnswer, ChildRequest, ChildWatch } from './child-request.ts'
import { type ChildOptions, ConverterChild } from './converter-child.ts'
import { ConverterPool, type PoolOptions } from './converter-pool.ts'

/** What the converters need from outside; `tools` is asked for every request, since settings change. */
export interface ConvertersOptions extends ChildOptions {
  tools: () => {
    ffmpegPath?: string | undefined
    ffprobePath?: string | undefined
    openslidePath?: string | undefined
  }
}

type ConvertRequest = Extract<ChildRequest, { type: 'convert' }>

/** A conversion as the worker orders it. */
export type Conversion = Omit<ConvertRequest, 'type' | 'tools'> & { sizeBytes: number; threads: number }

/** How a conversion ended; `runMs` counts from the order to the answer. */
export type ConversionEnd =
  | { type: 'converted'; result: Converted; runMs: number }
  | { type: 'failed'; error: JobError }
  | { type: 'cancelled' }

/** Images up to here run in a kept child; libvips may need gigabytes for a larger one, and a system that is short of memory ends its process. */
const smallImageBytes = 64 * 2 ** 20
const keepMs = 30_000
/** A kept child's last request: whatever grows slowly in it or in the libraries goes with it. */
const mostRequests = 100
/** A slide that begins with this much in memory still stays below the 300 MB that a child may take (decision 25). */
export const mostRestingBytes = 220e6
const probeTimeoutMs = 30_000
const sampleTimeoutMs = 60_000

/**
 * The converters' processes: kept ones for slides, small images and looking at files, whose next request then saves the start
 * of a process and finds compiled code; fresh ones for the rest.
 */
export class Converters {
  readonly #options: ConvertersOptions
  readonly #single: ConverterPool
  readonly #kept: ConverterPool
  readonly #looking: ConverterPool

  constructor(options: ConvertersOptions) {
    this.#options = options
    const { clock } = options
    const pool = (rules: Omit<PoolOptions, 'start' | 'clock'>) =>
      new ConverterPool({ start: () => new ConverterChild(options), clock, ...rules })
    this.#single = pool({ atOnce: Number.POSITIVE_INFINITY, keepMs: 0 })
    this.#kept = pool({ atOnce: Number.POSITIVE_INFINITY, keepMs, mayGoOn: isFitForMore })
    this.#looking = pool({ atOnce: 2, keepMs })
  }

  /** Never rejects. A child that something killed is restarted once in the same scratch, where its converter may go on. */
  async convert({ sizeBytes, threads, ...order }: Conversion, watch: ChildWatch): Promise<ConversionEnd> {
    const isSmall = order.kind === 'image' && sizeBytes <= smallImageBytes
    const pool = order.kind === 'slide' || isSmall ? this.#kept : this.#single
    const request: ConvertRequest = { ...order, type: 'convert', tools: { ...this.#options.tools(), threads } }
    const startedMs = this.#options.clock.monotonicMs()
    const steady = neverBack(watch)
    let answer = await pool.run(request, steady)
    if (answer.type === 'killed') {
      this.#options.log.info('a converter was killed and is started again', { signal: answer.signal })
      // In a fresh child: what killed this one may just have killed those that rest, too.
      answer = await this.#single.run(request, steady)
    }
    return this.#endOf(answer, this.#options.clock.monotonicMs() - startedMs)
  }

  /** Kind, format and dimensions by content; writes a JPEG to `thumbnailPath` where given. Throws what the converter says. */
  async probe(sourcePath: string, thumbnailPath?: string): Promise<Probed> {
    const request: ChildRequest = { type: 'probe', sourcePath, thumbnailPath, tools: this.#lookingTools() }
    let answer = await this.#looking.run(request, { timeoutMs: probeTimeoutMs })
    if (answer.type === 'killed') answer = await this.#looking.run(request, { timeoutMs: probeTimeoutMs })
    if (answer.type === 'probed') return answer.result
    throw new MicrotomeError(errorOf(answer))
  }

  /** Writes the sample slide to `path`. */
  async sample(path: string): Promise<void> {
    const request: ChildRequest = { type: 'sample', path, tools: this.#lookingTools() }
    const answer = await this.#single.run(request, { timeoutMs: sampleTimeoutMs })
    if (answer.type !== 'sampled') throw new MicrotomeError(errorOf(answer))
  }

  /** Children that work at this moment. */
  get running(): number {
    return this.#single.running + this.#kept.running + this.#looking.running
  }

  /** Kills every child. */
  async close(): Promise<void> {
    await Promise.all([this.#single.close(), this.#kept.close(), this.#looking.close()])
  }

  #lookingTools() {
    return { ...this.#options.tools(), threads: 1 }
  }

  #endOf(answer: ChildAnswer, runMs: number): ConversionEnd {
    if (answer.type === 'converted') return { type: 'converted', result: answer.result, runMs }
    if (answer.type === 'cancelled') return { type: 'cancelled' }
    return { type: 'failed', error: errorOf(answer) }
  }
}

/** Nothing is known of the state in which a failure leaves a library. */
function isFitForMore(answer: ChildAnswer, requests: number): boolean {
  const restingBytes = answer.type === 'converted' ? answer.rssBytes : undefined
  return restingBytes !== undefined && restingBytes <= mostRestingBytes && requests < mostRequests
}

/** What a killed child had done is there when the next one begins: its progress stands until that is further. */
function neverBack(watch: ChildWatch): ChildWatch {
  let furthest = 0
  const onProgress: ChildWatch['onProgress'] = (told) => {
    furthest = Math.max(furthest, told.progress)
    watch.onProgress?.({ ...told, progress: furthest })
  }
  return { ...watch, onProgress }
}

function errorOf(answer: ChildAnswer): JobError {
  if (answer.type === 'failed') return answer.error
  if (answer.type === 'killed')
    return {
      code: 'converter-killed',
      class: 'node',
      message: `The converter was killed twice by ${answer.signal}.`,
      hint: 'This computer may be short of memory; another one tries.'
    }
  if (answer.type === 'cancelled')
    return { code: 'shutting-down', class: 'node', message: 'The engine is being shut down.' }
  return { code: 'unexpected-answer', class: 'bug', message: `The converter answered "${answer.type}".` }
}
