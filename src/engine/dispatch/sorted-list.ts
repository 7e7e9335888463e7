/** Below it, what is gone from the front is not worth a copy. */
const leastGone = 1000

/**
 * A list in the order of `compare`, which tells any two of its items apart. Adding at the end and taking from the front, which is
 * what queues do nearly always, take the same time however long it is.
 */
export class SortedList<T> implements Iterable<T> {
  readonly #compare: (a: T, b: T) => number
  #items: T[] = []
  /** Where it begins: what lies before was taken. */
  #head = 0

  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare
  }

  get size(): number {
    return this.#items.length - this.#head
  }

  get first(): T | undefined {
    return this.#items[this.#head]
  }

  add(item: T): void {
    const last = this.#items.at(-1)
    if (this.size === 0 || last === undefined || this.#compare(last, item) < 0) this.#items.push(item)
    else this.#items.splice(this.#placeOf(item), 0, item)
  }

  /** False where it is not in. */
  remove(item: T): boolean {
    const place = this.#placeOf(item)
    const found = this.#items[place]
    if (found === undefined || this.#compare(found, item) !== 0) return false
    if (place === this.#head) this.#behead()
    else this.#items.splice(place, 1)
    return true
  }

  *[Symbol.iterator](): Generator<T, undefined> {
    for (let place = this.#head; place < this.#items.length; place++) {
      const item = this.#items[place]
      if (item !== undefined) yield item
    }
  }

  #behead(): void {
    this.#head += 1
    if (this.#head < leastGone || this.#head * 2 < this.#items.length) return
    this.#items = this.#items.slice(this.#head)
    this.#head = 0
  }

  /** Of the first item that does not come before it. */
  #placeOf(item: T): number {
    let from = this.#head
    let to = this.#items.length
    while (from < to) {
      const middle = (from + to) >>> 1
      const there = this.#items[middle]
      if (there !== undefined && this.#compare(there, item) < 0) from = middle + 1
      else to = middle
    }
    return from
  }
}
