import { priorities } from '../../shared/domain/jobs.ts'
import type { ProfileName } from '../../shared/domain/profiles.ts'
import type { Slot } from './book-entry.ts'
import { SortedList } from './sorted-list.ts'

const bySequence = (a: Slot, b: Slot) => a.entry.record.sequence - b.entry.record.sequence
const byDueTime = (a: Slot, b: Slot) => a.entry.record.notBeforeMs - b.entry.record.notBeforeMs || bySequence(a, b)

/**
 * The jobs that nobody holds, so ordered that the next one for an engine is found without looking at the others: a queue for each
 * priority and profile, and beside them those whose backoff is not over.
 */
export class WaitingJobs {
  readonly #queues = new Map<string, SortedList<Slot>>()
  readonly #delayed = new SortedList<Slot>(byDueTime)
  readonly #listOf = new Map<Slot, SortedList<Slot>>()

  get size(): number {
    return this.#listOf.size
  }

  /** In no order. */
  all(): Iterable<Slot> {
    return this.#listOf.keys()
  }

  add(slot: Slot): void {
    this.#put(slot, slot.entry.record.notBeforeMs > 0 ? this.#delayed : this.#queueOf(slot))
  }

  /** Before its entry is replaced. Also for one that does not wait. */
  remove(slot: Slot): void {
    this.#listOf.get(slot)?.remove(slot)
    this.#listOf.delete(slot)
  }

  /** What may run now, by priority and then in order; of these profiles only. Nothing may be added or removed meanwhile. */
  *inOrder(profiles: ReadonlySet<ProfileName> | undefined, nowMs: number): Generator<Slot, undefined> {
    this.#takeDue(nowMs)
    for (const priority of priorities) {
      const queues = [...this.#queues].filter(([key, queue]) => queue.size > 0 && isOf(key, priority, profiles))
      yield* merged(queues.map(([, queue]) => queue))
    }
  }

  #takeDue(nowMs: number): void {
    for (let slot = this.#delayed.first; slot && slot.entry.record.notBeforeMs <= nowMs; slot = this.#delayed.first) {
      this.#delayed.remove(slot)
      this.#put(slot, this.#queueOf(slot))
    }
  }

  #put(slot: Slot, list: SortedList<Slot>): void {
    list.add(slot)
    this.#listOf.set(slot, list)
  }

  #queueOf({ entry: { job } }: Slot): SortedList<Slot> {
    const key = `${job.priority} ${job.profile}`
    const known = this.#queues.get(key)
    if (known) return known
    const queue = new SortedList<Slot>(bySequence)
    this.#queues.set(key, queue)
    return queue
  }
}

function isOf(key: string, priority: string, profiles: ReadonlySet<string> | undefined): boolean {
  const [ofPriority, profile = ''] = key.split(' ')
  return ofPriority === priority && (profiles === undefined || profiles.has(profile))
}

function* merged(queues: readonly SortedList<Slot>[]): Generator<Slot, undefined> {
  const [only] = queues
  if (queues.length === 1 && only) return yield* only
  const heads = queues.map((queue) => {
    const rest = queue[Symbol.iterator]()
    return { rest, next: rest.next() }
  })
  for (;;) {
    let first: (typeof heads)[number] | undefined
    for (const head of heads)
      if (head.next.value && (!first?.next.value || bySequence(head.next.value, first.next.value) < 0)) first = head
    if (!first?.next.value) return undefined
    yield first.next.value
    first.next = first.rest.next()
  }
}
