import { type FileHandle, mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'

const note = z.object({ validator: z.string(), totalBytes: z.number().optional() })
export type PartNote = z.infer<typeof note>

/** What is there of a file that is being fetched. */
export interface PartState extends Partial<PartNote> {
  sizeBytes: number
}

/**
 * A file that arrives in pieces, in a folder of its own: `.part` are the bytes so far, whose length on disk is the truth, and
 * `.part.json` by what the server tells that they are still those of its file. A whole one has its name.
 */
export class PartFile {
  readonly dir: string
  readonly #path: string
  readonly #part: string
  readonly #note: string

  constructor(dir: string, name: string) {
    this.dir = dir
    this.#path = join(dir, name)
    this.#part = join(dir, '.part')
    this.#note = join(dir, '.part.json')
  }

  get path(): string {
    return this.#path
  }

  /** Undefined while it is not whole. */
  async wholeBytes(): Promise<number | undefined> {
    return (await stat(this.#path).catch(() => undefined))?.size
  }

  /** Nothing (0 bytes) where it is not known what the bytes belong to. */
  async state(): Promise<PartState> {
    try {
      const { size } = await stat(this.#part)
      return { ...note.parse(JSON.parse(await readFile(this.#note, 'utf8'))), sizeBytes: size }
    } catch {
      return { sizeBytes: 0 }
    }
  }

  /** From its beginning. Without a note it can't go on after a cut. */
  async begin(fresh: PartNote | undefined): Promise<FileHandle> {
    await mkdir(this.dir, { recursive: true, mode: 0o700 })
    await rm(this.#note, { force: true })
    const handle = await open(this.#part, 'w', 0o600)
    if (fresh) await writeFile(this.#note, JSON.stringify(fresh))
    return handle
  }

  goOn(): Promise<FileHandle> {
    return open(this.#part, 'a', 0o600)
  }

  async finish(): Promise<void> {
    await rename(this.#part, this.#path)
    await rm(this.#note, { force: true })
  }

  async remove(): Promise<void> {
    await rm(this.dir, { recursive: true, force: true })
  }
}
