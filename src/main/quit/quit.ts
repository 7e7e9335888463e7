import type { MessageBoxOptions } from 'electron'
import { isBusy, type ShellState, underWay } from '../shell-state.ts'

export interface QuitOptions {
  state(): ShellState
  /** Shows a question; answers the number of the button. */
  ask(question: MessageBoxOptions): Promise<number>
  hideWindow(): void
  /** Ends the engine; see Supervisor. */
  endEngine(now: boolean): Promise<void>
  /** Called once, when nothing is left to wait for. */
  exit(): void
}

/**
 *   open --quit--> asking --finish--> finishing --quit--> asking again
 *     |               | cancel: back     | all done
 *     | nothing runs  | give back        v
 *     +---------------+--> leaving --> exit
 */
type Phase = 'open' | 'asking' | 'finishing' | 'leaving'

/** Quitting in order: asks where work would be interrupted, ends the engine, then the program. */
export class Quit {
  readonly #options: QuitOptions
  #phase: Phase = 'open'

  constructor(options: QuitOptions) {
    this.#options = options
  }

  /** Somebody wants to quit: the menu, the tray, the system's own way. */
  async request(): Promise<void> {
    const before = this.#phase
    if (before === 'asking' || before === 'leaving') return
    const state = this.#options.state()
    if (before === 'open' && !isBusy(state)) return this.leave()
    this.#phase = 'asking'
    const choices = before === 'finishing' ? finishingChoices : busyChoices
    const answer = await this.#options.ask({ ...choices, detail: detailOf(state) })
    // While the question stood, the work may have come to its end.
    if (this.#phase !== 'asking') return
    if (answer === giveBack) return this.leave()
    if (answer === finish) return this.#finish(before)
    this.#phase = before
  }

  /** Gives back what runs and ends, without a question: the session ends, or somebody chose so. */
  leave(): void {
    if (this.#phase === 'leaving') return
    this.#phase = 'leaving'
    this.#endThenExit(true)
  }

  #finish(before: Phase): void {
    this.#phase = 'finishing'
    this.#options.hideWindow()
    if (before !== 'finishing') this.#endThenExit(false)
  }

  #isOut = false

  #endThenExit(now: boolean): void {
    void this.#options.endEngine(now).then(() => {
      this.#phase = 'leaving'
      if (!this.#isOut) this.#options.exit()
      this.#isOut = true
    })
  }
}

const finish = 0
const giveBack = 1

const busyChoices = {
  type: 'question',
  message: 'Conversions are running on this computer. Quit anyway?',
  buttons: ['Finish in the background', 'Give back and quit', 'Cancel'],
  defaultId: finish,
  cancelId: 2,
  noLink: true
} as const satisfies MessageBoxOptions

const finishingChoices = {
  ...busyChoices,
  message: 'Microtome quits as soon as what runs is done.',
  buttons: ['Keep finishing', 'Give back and quit'],
  cancelId: finish
} as const satisfies MessageBoxOptions

function detailOf({ status }: ShellState): string {
  const running = status ? underWay(status) : 0
  const waiting = status?.counts.queued ?? 0
  const words = [
    ...(running > 0 ? [`${running} running`] : []),
    ...(waiting > 0 ? [`${waiting} waiting: they go on at the next start`] : [])
  ]
  const counts = words.length > 0 ? `${words.join(', ')}.\n\n` : ''
  return `${counts}What is given back is converted by another computer of the lab, or here at the next start. Nothing is lost.`
}
