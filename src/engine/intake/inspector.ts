import { createHash } from 'node:crypto'
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import type { Probed } from '../../shared/converter-protocol.ts'
import { toJobError } from '../../shared/errors.ts'
import { type FoundFile, type Inspected, stateOfParts, withParts } from './found-file.ts'

/** Tells a file's kind by its content; runs in a child, because files from outside are not to be trusted. */
export interface Prober {
  /** Writes a JPEG thumbnail to `thumbnailPath`. Throws an error of class `input` for what is not recognised. */
  probe(sourcePath: string, thumbnailPath?: string): Promise<Probed>
}

/**
 * Looks at files and remembers what it saw as long as they don't change, so that the sheet, the submission and the queue's
 * thumbnails cost one look. Thumbnails lie in `thumbnailDir` by a hash of path, size and date.
 */
export class Inspector {
  readonly #prober: Prober
  readonly #thumbnailDir: string
  readonly #seen = new Map<string, Promise<Inspected>>()
  readonly #maxSeen = 20_000

  constructor(prober: Prober, thumbnailDir: string) {
    this.#prober = prober
    this.#thumbnailDir = thumbnailDir
  }

  look(file: FoundFile): Promise<Inspected> {
    const token = thumbnailToken(file)
    const known = this.#seen.get(token)
    if (known) return this.#stillSo(file, token, known)
    return this.#lookAnew(file, token)
  }

  #lookAnew(file: FoundFile, token: string): Promise<Inspected> {
    const looking = this.#probe(file, token)
    this.#remember(token, looking)
    return looking
  }

  /** A slide's parts may change or go while its main file stays as it is. */
  async #stillSo(file: FoundFile, token: string, known: Promise<Inspected>): Promise<Inspected> {
    const seen = await known
    if (seen.type === 'unrecognised' || !seen.file.parts) return seen
    const { sizeBytes, modifiedAtMs } = await stateOfParts(seen.file.parts)
    if (sizeBytes === seen.file.sizeBytes && modifiedAtMs === seen.file.modifiedAtMs) return seen
    return this.#lookAnew(file, token)
  }

  /** Path of a thumbnail that was made; undefined for an unknown token. */
  async thumbnail(token: string): Promise<string | undefined> {
    if (!/^[0-9a-f]{40}$/.test(token)) return undefined
    const path = this.#thumbnailPath(token)
    return access(path).then(
      () => path,
      () => undefined
    )
  }

  async #probe(file: FoundFile, token: string): Promise<Inspected> {
    try {
      const probed = await this.#prober.probe(file.path, this.#thumbnailPath(token))
      const whole = await withParts(file, probed)
      const seen: Inspected = {
        type: 'recognised',
        file: whole,
        probed,
        thumbnail: probed.hasThumbnail ? token : undefined
      }
      // Its job knows it by the sum of its parts.
      if (whole !== file) this.#remember(thumbnailToken(whole), Promise.resolve(seen))
      return seen
    } catch (thrown) {
      const error = toJobError(thrown)
      // What is missing may be put beside it without a change of the file itself.
      if (error.class !== 'input' || error.code === 'missing-part') this.#seen.delete(token)
      return { type: 'unrecognised', file, error }
    }
  }

  #remember(token: string, looking: Promise<Inspected>): void {
    this.#seen.set(token, looking)
    const oldest = this.#seen.size > this.#maxSeen ? this.#seen.keys().next().value : undefined
    if (oldest !== undefined) this.#seen.delete(oldest)
  }

  #thumbnailPath(token: string): string {
    return join(this.#thumbnailDir, `${token}.jpg`)
  }
}

/** Forty hex digits that change when the file does. */
export function thumbnailToken(file: Pick<FoundFile, 'path' | 'sizeBytes' | 'modifiedAtMs'>): string {
  return createHash('sha1').update(`${file.path}\0${file.sizeBytes}\0${file.modifiedAtMs}`).digest('hex')
}
