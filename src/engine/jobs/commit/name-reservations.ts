import { join } from 'node:path'

/** Final paths that commits under way will use, so that two results of the same base name never choose the same one. */
export class NameReservations {
  readonly #byHolder = new Map<string, Set<string>>()

  /** All of `names` in `dir` or none; `names` as keys, see `nameKey`. `holder` is a staging folder. */
  reserve(holder: string, dir: string, names: readonly string[]): boolean {
    const paths = names.map((name) => join(dir, name))
    for (const [other, reserved] of this.#byHolder)
      if (other !== holder && paths.some((path) => reserved.has(path))) return false
    this.#byHolder.set(holder, new Set(paths))
    return true
  }

  release(holder: string): void {
    this.#byHolder.delete(holder)
  }
}
