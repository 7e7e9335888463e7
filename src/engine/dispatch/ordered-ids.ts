import { randomUUID } from 'node:crypto'

const mostInOneMs = 0x1000

/**
 * UUIDs of version 7 (RFC 9562): they begin with the time and rise, also within a millisecond and where the clock jumps back. In the
 * indexes by id the newest jobs so lie side by side; random ids would touch a page of their own with every job, and a commit of
 * fifty write as many.
 */
export class OrderedIds {
  #ms = 0
  #counter = 0

  next(wallMs: number): string {
    const nowMs = Math.floor(wallMs)
    this.#counter += 1
    if (nowMs > this.#ms || this.#counter === mostInOneMs) {
      this.#ms = Math.max(nowMs, this.#ms + 1)
      this.#counter = 0
    }
    const time = this.#ms.toString(16).padStart(12, '0')
    const counter = this.#counter.toString(16).padStart(3, '0')
    return `${time.slice(0, 8)}-${time.slice(8)}-7${counter}-${randomUUID().slice(19)}`
  }
}
