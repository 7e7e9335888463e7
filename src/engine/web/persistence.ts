const firstWaitMs = 250
/** A connection that brought less is counted. */
const worthwhileBytes = 2 ** 20
const mostPoorTries = 4

/** How long a fetch goes on after cuts: while bytes come, and not for ever when they only drip. */
export class Persistence {
  #bestBytes = 0
  #worthBytes = 0
  #poorTries = 0

  /** Before the next connection, where `sizeBytes` are there now; undefined where another try by and by is better. */
  waitMs(sizeBytes: number): number | undefined {
    if (sizeBytes <= this.#bestBytes) return undefined
    this.#bestBytes = sizeBytes
    this.#poorTries += 1
    if (sizeBytes - this.#worthBytes >= worthwhileBytes) {
      this.#worthBytes = sizeBytes
      this.#poorTries = 0
    }
    return this.#poorTries > mostPoorTries ? undefined : firstWaitMs * 2 ** this.#poorTries
  }
}
