import { type FileHandle, open, stat } from 'node:fs/promises'
import { promisify } from 'node:util'
import { inflateRaw } from 'node:zlib'
import { type ArchivedFile, readDirectory } from './archive-directory.ts'

interface Known {
  modifiedAtMs: number
  files: Promise<Map<string, ArchivedFile>>
}

/** No tile is larger; a directory that says otherwise is wrong. */
const maxBytes = 64 * 2 ** 20
const localHeaderBytes = 30
const localHeaderSignature = 0x04034b50
const inflate = promisify(inflateRaw)

/**
 * Reads single files out of SZI archives (stored zips), so that the viewer can look at one without unpacking it. Names are
 * taken from the last `<name>.dzi` or `<name>_files/` part on, whatever folder the archive puts them in. Keeps the
 * directories of the last `maxKnown` archives, and no file open: its user may move or delete it while it is looked at.
 */
export class SziReader {
  /** In order of their last use. */
  readonly #known = new Map<string, Known>()
  readonly #maxKnown: number

  constructor(maxKnown = 4) {
    this.#maxKnown = maxKnown
  }

  /** `name`: `slide.dzi`, or `slide_files/…`. Undefined where the archive holds no such file, is none, or is gone. */
  async read(path: string, name: string): Promise<Buffer | undefined> {
    const found = await stat(path).catch(() => undefined)
    if (!found?.isFile()) return undefined
    const files = await this.#filesOf(path, found.mtimeMs).catch(() => undefined)
    const file = files?.get(name)
    return file && file.storedBytes <= maxBytes ? bytesOf(path, file) : undefined
  }

  #filesOf(path: string, modifiedAtMs: number): Promise<Map<string, ArchivedFile>> {
    const before = this.#known.get(path)
    const known =
      before?.modifiedAtMs === modifiedAtMs ? before : { modifiedAtMs, files: readDirectory(path, viewerName) }
    this.#known.delete(path)
    this.#known.set(path, known)
    // What can't be read now may be there again with the next look: a network folder.
    known.files.catch(() => this.#known.delete(path))
    const [oldest] = this.#known.keys()
    if (this.#known.size > this.#maxKnown && oldest !== undefined) this.#known.delete(oldest)
    return known.files
  }
}

/** Undefined where the file is not what its directory said: it was replaced in this moment. */
async function bytesOf(path: string, file: ArchivedFile): Promise<Buffer | undefined> {
  const archive = await open(path)
  try {
    const header = await readAt(archive, file.headerOffset, localHeaderBytes)
    if (header?.readUInt32LE(0) !== localHeaderSignature) return undefined
    const start = file.headerOffset + localHeaderBytes + header.readUInt16LE(26) + header.readUInt16LE(28)
    const stored = await readAt(archive, start, file.storedBytes)
    return stored && file.isDeflated ? await inflated(stored) : stored
  } finally {
    await archive.close()
  }
}

/** Undefined for what is damaged. */
function inflated(stored: Buffer): Promise<Buffer | undefined> {
  return inflate(stored, { maxOutputLength: maxBytes }).catch(() => undefined)
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer | undefined> {
  const buffer = Buffer.alloc(length)
  const { bytesRead } = await file.read(buffer, 0, length, position)
  return bytesRead === length ? buffer : undefined
}

/** `a/b.dzi` -> `slide.dzi`, `a/b_files/12/0_0.jpeg` -> `slide_files/12/0_0.jpeg`; undefined for the rest. */
export function viewerName(fileName: string): string | undefined {
  if (/(^|\/)[^/]+\.dzi$/.test(fileName)) return 'slide.dzi'
  const tile = /(?:^|\/)[^/]+_files\/(\d+\/\d+_\d+\.\w+)$/.exec(fileName)
  return tile ? `slide_files/${tile[1]}` : undefined
}
