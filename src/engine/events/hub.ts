import type { Clock, Timer } from '../clock.ts'

/** Engine events by topic, as the parts raise them; `jobs` are ids, whoever listens reads what is true by then. */
export interface Topics {
  job: string
  'job-removed': string
  nodes: undefined
  nearby: undefined
  status: undefined
  submission: string
  /** The engine ends: what reads the stores when something changes stops doing so. */
  ending: undefined
}

type Listener<T> = (value: T) => void

/**
 * Lets parts tell each other that something changed without knowing each other. A listener must not throw; one that does
 * is reported to `onBug` and does not stop the others.
 */
export class EventHub {
  readonly #listeners = new Map<keyof Topics, Set<Listener<never>>>()
  readonly #onBug: (thrown: unknown) => void

  constructor(onBug: (thrown: unknown) => void) {
    this.#onBug = onBug
  }

  on<K extends keyof Topics>(topic: K, listener: Listener<Topics[K]>): () => void {
    const set = this.#listeners.get(topic) ?? new Set()
    set.add(listener as Listener<never>)
    this.#listeners.set(topic, set)
    return () => void set.delete(listener as Listener<never>)
  }

  emit<K extends keyof Topics>(topic: K, value: Topics[K]): void {
    for (const listener of [...(this.#listeners.get(topic) ?? [])]) {
      try {
        ;(listener as Listener<Topics[K]>)(value)
      } catch (thrown) {
        this.#onBug(thrown)
      }
    }
  }
}

/** Collects keys and hands them over at most once per `periodMs`: the first at once, the rest together. */
export class Batch<K> {
  readonly #keys = new Set<K>()
  readonly #clock: Clock
  readonly #periodMs: number
  readonly #flush: (keys: K[]) => void
  #timer: Timer | undefined

  constructor(clock: Clock, periodMs: number, flush: (keys: K[]) => void) {
    this.#clock = clock
    this.#periodMs = periodMs
    this.#flush = flush
  }

  add(key: K): void {
    this.#keys.add(key)
    if (this.#timer) return
    this.#timer = this.#clock.after(0, () => this.#send())
  }

  close(): void {
    this.#timer?.cancel()
    this.#keys.clear()
  }

  #send(): void {
    const keys = [...this.#keys]
    this.#keys.clear()
    this.#timer = this.#clock.after(this.#periodMs, () => {
      this.#timer = undefined
      if (this.#keys.size > 0) this.#send()
    })
    this.#flush(keys)
  }
}
