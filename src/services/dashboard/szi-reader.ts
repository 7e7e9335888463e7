import { stat } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import yauzl, { type Entry, type ZipFile } from 'yauzl'

interface OpenArchive {
  zip: ZipFile
  entries: Map<string, Entry>
  modifiedAtMs: number
  usedAtMs: number
}

/**
 * Reads single files out of SZI archives (stored zips), so that the viewer can look at one without unpacking it. Names are
 * taken from the last `<name>.dzi` or `<name>_files/` part on, whatever folder the archive puts them in. Keeps the
 * directories of the last `maxOpen` archives.
 */
export class SziReader {
  readonly #open = new Map<string, Promise<OpenArchive>>()
  readonly #maxOpen: number

  constructor(maxOpen = 4) {
    this.#maxOpen = maxOpen
  }

  /** `name`: `slide.dzi`, or `slide_files/…`. Undefined where the archive holds no such file. */
  async read(path: string, name: string): Promise<{ stream: Readable; sizeBytes: number } | undefined> {
    const archive = await this.#archive(path)
    const entry = archive.entries.get(name)
    if (!entry) return undefined
    archive.usedAtMs = performance.now()
    const stream = await new Promise<Readable>((resolve, reject) => {
      archive.zip.openReadStream(entry, (error, opened) => (error ? reject(error) : resolve(opened)))
    })
    return { stream, sizeBytes: entry.uncompressedSize }
  }

  async close(): Promise<void> {
    const archives = await Promise.allSettled(this.#open.values())
    this.#open.clear()
    for (const archive of archives) if (archive.status === 'fulfilled') archive.value.zip.close()
  }

  async #archive(path: string): Promise<OpenArchive> {
    const modifiedAtMs = (await stat(path)).mtimeMs
    const known = this.#open.get(path)
    if (known && (await known).modifiedAtMs === modifiedAtMs) return known
    this.#forget(path)
    const opening = openArchive(path, modifiedAtMs)
    this.#open.set(path, opening)
    opening.catch(() => this.#open.delete(path))
    const archive = await opening
    await this.#evict()
    return archive
  }

  async #evict(): Promise<void> {
    if (this.#open.size <= this.#maxOpen) return
    const archives = await Promise.all(
      [...this.#open].map(async ([path, archive]) => ({ path, archive: await archive }))
    )
    const oldest = archives.sort((a, b) => a.archive.usedAtMs - b.archive.usedAtMs)[0]
    if (oldest) this.#forget(oldest.path)
  }

  #forget(path: string): void {
    const archive = this.#open.get(path)
    this.#open.delete(path)
    archive?.then(
      (opened) => opened.zip.close(),
      () => this.#open.delete(path)
    )
  }
}

async function openArchive(path: string, modifiedAtMs: number): Promise<OpenArchive> {
  const zip = await new Promise<ZipFile>((resolve, reject) => {
    yauzl.open(path, { autoClose: false, lazyEntries: false }, (error, opened) =>
      error ? reject(error) : resolve(opened)
    )
  })
  const entries = new Map<string, Entry>()
  await new Promise<void>((resolve, reject) => {
    zip.on('entry', (entry: Entry) => {
      const name = viewerName(entry.fileName)
      if (name) entries.set(name, entry)
    })
    zip.on('end', resolve)
    zip.on('error', reject)
  })
  return { zip, entries, modifiedAtMs, usedAtMs: performance.now() }
}

/** `a/b.dzi` -> `slide.dzi`, `a/b_files/12/0_0.jpeg` -> `slide_files/12/0_0.jpeg`; undefined for the rest. */
export function viewerName(fileName: string): string | undefined {
  if (/(^|\/)[^/]+\.dzi$/.test(fileName)) return 'slide.dzi'
  const tile = /(?:^|\/)[^/]+_files\/(\d+\/\d+_\d+\.\w+)$/.exec(fileName)
  return tile ? `slide_files/${tile[1]}` : undefined
}
