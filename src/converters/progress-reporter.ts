import type { Speed, TaskProgress } from '../shared/domain/jobs.ts'
import type { ReportProgress, Work } from './converter.ts'

const heartbeatMs = 400
/** Speed is that of the last seconds, so that it follows the machine's load. */
const speedWindowMs = 5000
/** A slide reports each of its tiles, thousands a second: to remember them all would take longer than to make them. */
const markEveryMs = 100
/** Before this much work is behind, an extrapolation is a guess. */
const settledMs = 1000
/** Heartbeats would hide a library that hangs. Nothing works so long without a step: the largest picture takes a minute. */
const stallMs = 600_000

interface Mark {
  atMs: number
  done: number
}

/** Sends a task's progress at least twice a second, changed or not, and never backwards. */
export class ProgressReporter {
  readonly #send: (progress: TaskProgress) => void
  readonly #nowMs: () => number
  readonly #startedMs: number
  #last: TaskProgress = { progress: 0, stage: 'converting' }
  #sentMs = Number.NEGATIVE_INFINITY
  #marks: Mark[] = []
  #timer: NodeJS.Timeout | undefined
  #changedMs: number
  readonly #onStall: () => void

  /** `onStall` is called with every heartbeat once there was no step for 10 minutes. */
  constructor(send: (progress: TaskProgress) => void, nowMs: () => number, onStall: () => void) {
    this.#send = send
    this.#nowMs = nowMs
    this.#onStall = onStall
    this.#startedMs = nowMs()
    this.#changedMs = this.#startedMs
  }

  start(): void {
    this.#emit()
    this.#timer = setInterval(() => this.#beat(), heartbeatMs)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  /** A part of the whole: its 0..1 becomes `from`..`to`. */
  span(from: number, to: number, stage: TaskProgress['stage']): ReportProgress {
    this.#marks = []
    return (fraction, { work } = {}) => {
      const within = Math.min(1, Math.max(0, fraction))
      const progress = Math.max(this.#last.progress, from + (to - from) * within)
      const speed = work && this.#speed(work)
      const isNewStage = stage !== this.#last.stage
      if (isNewStage || progress > this.#last.progress) this.#changedMs = this.#nowMs()
      this.#last = { progress, stage, speed, remainingMs: this.#remainingMs(progress, speed, work) }
      if (isNewStage || this.#nowMs() - this.#sentMs >= heartbeatMs / 2) this.#emit()
    }
  }

  #speed({ done, unit }: Work): Speed | undefined {
    const atMs = this.#nowMs()
    if (atMs - (this.#marks.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY) >= markEveryMs)
      this.#marks = [...this.#marks.filter((mark) => atMs - mark.atMs <= speedWindowMs), { atMs, done }]
    const first = this.#marks[0]
    if (!first || atMs - first.atMs < heartbeatMs || done <= first.done) return this.#last.speed
    return { value: ((done - first.done) * 1000) / (atMs - first.atMs), unit }
  }

  /** From the measured speed and the share that the rest of the task has, else from the time so far. */
  #remainingMs(progress: number, speed: Speed | undefined, work: Work | undefined): number | undefined {
    const elapsedMs = this.#nowMs() - this.#startedMs
    if (elapsedMs < settledMs || progress <= 0) return undefined
    if (!speed || !work || work.done <= 0) return (elapsedMs * (1 - progress)) / progress
    const wholeMs = (work.total / speed.value) * 1000
    const sharePerWork = progress / (work.done / work.total)
    return ((1 - progress) / sharePerWork) * wholeMs
  }

  #beat(): void {
    this.#emit()
    if (this.#nowMs() - this.#changedMs > stallMs) this.#onStall()
  }

  #emit(): void {
    this.#sentMs = this.#nowMs()
    this.#send(this.#last)
  }
}
