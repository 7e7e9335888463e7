import type { DispatchApi, DispatchJob, DispatchWish } from '../../engine/service-api.ts'
import type { DispatchTimes } from '../../shared/domain/jobs.ts'
import { MicrotomeError } from '../../shared/errors.ts'
import type { Answers } from './answers.ts'
import type { FaceSettings } from './face-settings.ts'

/** Takes what is submitted, by whichever route, as this face is set: with its times, and no more than may wait. */
export class Submissions {
  readonly #dispatch: DispatchApi
  readonly #maxWaiting: number | undefined
  readonly #times: DispatchTimes
  /** On their way into the queue: they are not among its figures yet. */
  #coming = 0

  constructor(dispatch: DispatchApi, settings: FaceSettings, answers: Answers) {
    this.#dispatch = dispatch
    this.#maxWaiting = settings.maxWaiting
    this.#times = timesOf(settings, answers)
  }

  /** Throws `queue-full`, class `input`, where as many jobs wait as may. */
  async submit(wish: DispatchWish): Promise<DispatchJob> {
    this.#refuseWhenFull()
    this.#coming++
    try {
      return await this.#dispatch.submit({ ...wish, times: this.#times })
    } finally {
      this.#coming--
    }
  }

  #refuseWhenFull(): void {
    if (this.#maxWaiting === undefined) return
    const { queued, held } = this.#dispatch.figures().jobs
    const waiting = queued + held + this.#coming
    if (waiting < this.#maxWaiting) return
    throw new MicrotomeError({
      code: 'queue-full',
      class: 'input',
      message: `${waiting} jobs wait already; more than ${this.#maxWaiting} may not.`,
      hint: 'Try again when some are done.'
    })
  }
}

function timesOf(settings: FaceSettings, answers: Answers): DispatchTimes {
  return {
    retryDelayMs: settings.retryDelayS * 1000,
    waitMs: limitMs(settings.pendingTimeoutS ?? answers.pendingTimeoutS),
    tryMs: limitMs(settings.jobTimeoutS)
  }
}

/** 0 is no limit. */
const limitMs = (seconds: number) => (seconds === 0 ? undefined : seconds * 1000)
