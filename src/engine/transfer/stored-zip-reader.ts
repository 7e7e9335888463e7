import { badArchive, EntryNames } from './entry-name.ts'

/** Called in order: `entry`, then any number of `data`, then `endEntry`. */
export interface ZipEvents {
  entry(name: string, sizeBytes: number): void
  data(chunk: Buffer): void
  endEntry(): void
}

/** What an archive may hold at most; `totalBytes` is its own announced size, which stored entries can't exceed. */
export interface ZipLimits {
  entries: number
  totalBytes: number
}

const localHeader = 0x04034b50
const directoryHeaders = [0x02014b50, 0x06054b50, 0x06064b50]
const fixedBytes = 30
const longestVariablePart = 4096

/**
 * Reads a stored zip as it streams in, strictly: local headers one after another without gaps, then the directory.
 * Not fflate's Unzip: it skips over rubbish between entries, has no back-pressure, and takes time quadratic in the number of
 * entries (150,000 took 7.7 s of the engine's one thread; a large pyramid has 800,000).
 */
export class StoredZipReader {
  readonly #limits: ZipLimits
  readonly #events: ZipEvents
  readonly #names = new EntryNames()
  #state: 'header' | 'data' | 'directory' = 'header'
  #pending: Buffer = Buffer.alloc(0)
  #leftInEntry = 0
  #entries = 0
  #totalBytes = 0

  constructor(limits: ZipLimits, events: ZipEvents) {
    this.#limits = limits
    this.#events = events
  }

  /** Throws `bad-archive` at the first fault; nothing may follow then. */
  push(chunk: Buffer): void {
    let rest = chunk
    while (rest.length > 0 && this.#state !== 'directory')
      rest = this.#state === 'header' ? this.#readHeader(rest) : this.#readData(rest)
  }

  /** Throws `bad-archive` where the stream ended before the archive's directory. */
  end(): void {
    if (this.#state !== 'directory') throw badArchive('it ends in the middle')
  }

  #readData(chunk: Buffer): Buffer {
    const part = chunk.subarray(0, this.#leftInEntry)
    this.#leftInEntry -= part.length
    this.#events.data(part)
    if (this.#leftInEntry === 0) this.#endEntry()
    return chunk.subarray(part.length)
  }

  #readHeader(chunk: Buffer): Buffer {
    const held = this.#pending.length
    const bytes = held === 0 ? chunk : Buffer.concat([this.#pending, chunk])
    const needed = headerLength(bytes)
    if (needed === 'directory') {
      this.#state = 'directory'
      return Buffer.alloc(0)
    }
    if (bytes.length < needed) {
      // A copy: what is kept must not keep a whole chunk of the socket alive.
      this.#pending = Buffer.from(bytes)
      return Buffer.alloc(0)
    }
    this.#pending = Buffer.alloc(0)
    this.#begin(parseHeader(bytes.subarray(0, needed)))
    return chunk.subarray(needed - held)
  }

  #begin({ name, sizeBytes }: { name: string; sizeBytes: number }): void {
    this.#entries++
    this.#totalBytes += sizeBytes
    if (this.#entries > this.#limits.entries) throw badArchive(`it has more than ${this.#limits.entries} entries`)
    if (this.#totalBytes > this.#limits.totalBytes) throw badArchive('its entries are larger than it was announced')
    if (name.endsWith('/')) {
      this.#folder(name.slice(0, -1), sizeBytes)
      return
    }
    this.#names.add(name)
    this.#events.entry(name, sizeBytes)
    this.#leftInEntry = sizeBytes
    this.#state = 'data'
    if (sizeBytes === 0) this.#endEntry()
  }

  /** Folders come into being with their files. */
  #folder(name: string, sizeBytes: number): void {
    if (sizeBytes > 0) throw badArchive('a folder has content')
    this.#names.add(name, 'folder')
  }

  #endEntry(): void {
    this.#state = 'header'
    this.#events.endEntry()
  }
}

/** How many bytes the header at the start takes, as far as can be told yet; `directory` where the entries are over. */
function headerLength(bytes: Buffer): number | 'directory' {
  if (bytes.length < 4) return fixedBytes
  const signature = bytes.readUInt32LE(0)
  if (directoryHeaders.includes(signature)) return 'directory'
  if (signature !== localHeader) throw badArchive('something else stands where an entry should begin')
  if (bytes.length < fixedBytes) return fixedBytes
  const variable = bytes.readUInt16LE(26) + bytes.readUInt16LE(28)
  if (variable > longestVariablePart) throw badArchive('an entry has a header of unreasonable length')
  return fixedBytes + variable
}

function parseHeader(header: Buffer): { name: string; sizeBytes: number } {
  const flags = header.readUInt16LE(6)
  if (flags & 0x0001) throw badArchive('an entry is encrypted')
  if (flags & 0x0008) throw badArchive('an entry does not say its size beforehand')
  if (header.readUInt16LE(8) !== 0) throw badArchive('an entry is compressed')
  const nameEnd = fixedBytes + header.readUInt16LE(26)
  return {
    name: decodeName(header.subarray(fixedBytes, nameEnd)),
    sizeBytes: entrySize(header, header.subarray(nameEnd))
  }
}

function decodeName(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw badArchive("an entry's name is not valid Unicode")
  }
}

function entrySize(header: Buffer, extra: Buffer): number {
  const stored = header.readUInt32LE(18)
  const original = header.readUInt32LE(22)
  if (stored !== original) throw badArchive('an entry has two sizes')
  return stored === 0xffffffff ? zip64Size(extra) : stored
}

/** Extra field 0x0001 of a local header: original, then stored size, 64 bits each (APPNOTE 4.5.3). */
function zip64Size(extra: Buffer): number {
  for (let at = 0; at + 4 <= extra.length; ) {
    const length = extra.readUInt16LE(at + 2)
    if (extra.readUInt16LE(at) === 1 && length >= 16 && at + 4 + 16 <= extra.length) {
      const original = extra.readBigUInt64LE(at + 4)
      if (original === extra.readBigUInt64LE(at + 12) && original <= BigInt(Number.MAX_SAFE_INTEGER))
        return Number(original)
      throw badArchive('an entry has two sizes')
    }
    at += 4 + length
  }
  throw badArchive('an entry does not say its size beforehand')
}
