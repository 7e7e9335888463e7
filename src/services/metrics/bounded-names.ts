/** Label of what belongs to nobody yet: Prometheus takes an empty label for none at all. */
const noName = '(none)'
/** Label that all names share once the limit is reached. */
const otherNames = '(others)'
const maxLength = 80

/**
 * Label values that people choose (names of nodes). Each value costs every Prometheus a series for as long as it keeps data, so
 * the first `limit` are told apart and whatever comes later is counted together.
 */
export class BoundedNames {
  readonly #known = new Set<string>()
  readonly #limit: number

  constructor(limit: number) {
    this.#limit = limit
  }

  labelOf(name: string): string {
    const label = name === '' ? noName : name.slice(0, maxLength).toWellFormed()
    if (this.#known.has(label)) return label
    if (this.#known.size >= this.#limit) return otherNames
    this.#known.add(label)
    return label
  }
}
