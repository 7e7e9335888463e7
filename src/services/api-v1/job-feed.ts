import { randomBytes } from 'node:crypto'
import type { DispatchApi } from '../../engine/service-api.ts'
import { endedStates, type JobState } from '../../shared/domain/jobs.ts'
import { MicrotomeError } from '../../shared/errors.ts'
import { ChangeLog } from './change-log.ts'
import { EventStream, type NextText } from './event-stream.ts'
import { greeting, jobEvent, keepAlive, markOf, removedEvent, resetEvent } from './event-text.ts'

export interface FeedOptions {
  /** Between two signs of life of a stream; a reader that takes nothing for longer than one or two of them is cut. */
  keepAliveMs: number
  /** Changes that are remembered for those who come back. */
  rememberedChanges: number
  maxStreams: number
}

/** Below the idle limits of proxies, of which 60 s is the most common. */
export const ordinaryFeed: FeedOptions = { keepAliveMs: 15_000, rememberedChanges: 16_384, maxStreams: 256 }

/**
 * The changes of jobs as streams of server-sent events. An event carries the job as it is when it is sent, so a reader that is late
 * gets the last state of each job and misses none. Event ids are `<start>-<number>`: those of an earlier start lead to a `reset`.
 */
export class JobFeed {
  readonly #dispatch: DispatchApi
  readonly #options: FeedOptions
  readonly #log: ChangeLog
  readonly #start = randomBytes(4).toString('hex')
  readonly #streams = new Set<EventStream>()
  readonly #stopListening: () => void
  readonly #ticking: NodeJS.Timeout
  #waking: NodeJS.Immediate | undefined
  #closed = false

  constructor(dispatch: DispatchApi, options: FeedOptions) {
    this.#dispatch = dispatch
    this.#options = options
    this.#log = new ChangeLog(options.rememberedChanges)
    this.#stopListening = dispatch.onChange((jobId) => this.#changed(jobId))
    this.#ticking = setInterval(() => this.#tick(), options.keepAliveMs)
  }

  /** All jobs, from now on or from after the event that the caller saw last. Throws `too-many-streams`. */
  all(lastEventId: string | undefined): EventStream {
    const seen = this.#seen(lastEventId)
    let at = seen ?? this.#log.newest
    const missed = lastEventId !== undefined && seen === undefined
    const first = greeting + (missed ? resetEvent(this.#idOf(at)) : markOf(this.#idOf(at)))
    return this.#open(first, () => {
      if (at < this.#log.oldest) {
        at = this.#log.newest
        return resetEvent(this.#idOf(at))
      }
      const change = this.#log.next(at)
      if (!change) return undefined
      at = change.number
      const job = this.#dispatch.get(change.jobId)
      return job ? jobEvent(this.#idOf(at), job) : removedEvent(this.#idOf(at), change.jobId)
    })
  }

  /**
   * One job: as it is now, unless the caller saw that already, then each change, and the end once it has ended. Undefined where it has
   * ended and the caller knows: there is nothing to wait for. Throws `too-many-streams`.
   */
  one(jobId: string, lastEventId: string | undefined): EventStream | undefined {
    let at = this.#seen(lastEventId)
    if (at !== undefined && this.#log.lastOf(jobId) <= at && this.#hasEnded(jobId)) return undefined
    let over = false
    return this.#open(greeting, () => {
      if (over) return null
      const last = this.#log.lastOf(jobId)
      if (at !== undefined && last <= at) return undefined
      at = this.#log.newest
      over = this.#hasEnded(jobId)
      const job = this.#dispatch.get(jobId)
      return job ? jobEvent(this.#idOf(at), job) : removedEvent(this.#idOf(at), jobId)
    })
  }

  /** Ends all streams, and each new one at once. */
  close(): void {
    this.#closed = true
    this.#stopListening()
    clearInterval(this.#ticking)
    if (this.#waking) clearImmediate(this.#waking)
    for (const stream of this.#streams) stream.end()
  }

  get streams(): number {
    return this.#streams.size
  }

  #open(first: string, rest: NextText): EventStream {
    if (this.#streams.size >= this.#options.maxStreams) throw tooManyStreams(this.#options.maxStreams)
    let begun = false
    const stream = new EventStream(() => {
      if (begun) return this.#closed ? null : rest()
      begun = true
      return first
    })
    this.#streams.add(stream)
    stream.once('close', () => this.#streams.delete(stream))
    return stream
  }

  /** Many changes of one turn wake the streams once. */
  #changed(jobId: string): void {
    this.#log.note(jobId)
    this.#waking ??= setImmediate(() => {
      this.#waking = undefined
      for (const stream of this.#streams) stream.wake()
    })
  }

  #tick(): void {
    for (const stream of this.#streams) stream.tick(keepAlive)
  }

  #hasEnded(jobId: string): boolean {
    const job = this.#dispatch.get(jobId)
    return !job || (endedStates as readonly JobState[]).includes(job.state)
  }

  #idOf(number: number): string {
    return `${this.#start}-${number}`
  }

  /** The number of an event of this start that is remembered; undefined for anything else. */
  #seen(lastEventId: string | undefined): number | undefined {
    const match = /^([0-9a-f]{8})-(\d{1,15})$/.exec(lastEventId ?? '')
    if (match?.[1] !== this.#start) return undefined
    const number = Number(match[2])
    return number >= this.#log.oldest && number <= this.#log.newest ? number : undefined
  }
}

function tooManyStreams(maxStreams: number): MicrotomeError {
  return new MicrotomeError({
    code: 'too-many-streams',
    class: 'input',
    message: `There are ${maxStreams} event streams already.`,
    hint: 'Close one, or ask for the job now and then.'
  })
}
