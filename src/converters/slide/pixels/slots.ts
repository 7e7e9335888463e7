/** A fixed number of things that are lent one at a time; who comes while all are lent waits in line. */
export class Slots<Slot> {
  readonly #free: Slot[]
  readonly #waiting: ((slot: Slot) => void)[] = []

  constructor(slots: Slot[]) {
    this.#free = [...slots]
  }

  /** Runs `work` with one of them and gives it back, whatever becomes of the work. */
  async use<T>(work: (slot: Slot) => Promise<T>): Promise<T> {
    // A slot may be nothing but a turn, hence undefined itself.
    const slot =
      this.#free.length > 0
        ? (this.#free.pop() as Slot)
        : await new Promise<Slot>((resolve) => this.#waiting.push(resolve))
    try {
      return await work(slot)
    } finally {
      const next = this.#waiting.shift()
      if (next) next(slot)
      else this.#free.push(slot)
    }
  }
}
