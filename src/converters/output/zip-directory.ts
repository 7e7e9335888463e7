import { buffer } from 'node:stream/consumers'
import { type Entry, openPromise } from 'yauzl'
import { reasonOf, verifyFailed } from '../failures.ts'

/** An entry as the zip's directory tells it. */
export interface ZipEntry {
  name: string
  sizeBytes: number
  stored: boolean
  /** The entry's bytes. */
  read: () => Promise<Buffer>
}

/** Opens a zip for the time that `use` takes; entries come in the directory's order. Throws `verify-failed` if it is none. */
export async function withZip<T>(path: string, use: (entries: AsyncIterable<ZipEntry>) => Promise<T>): Promise<T> {
  const zip = await openPromise(path, { lazyEntries: true, autoClose: false }).catch((error: unknown) => {
    throw verifyFailed(`The packed result is not a zip: ${reasonOf(error, [path])}.`, 'Retry.', error)
  })
  const readEntry = async (entry: Entry) => buffer(await zip.openReadStreamPromise(entry))
  async function* entries(): AsyncGenerator<ZipEntry> {
    for await (const entry of zip.eachEntry())
      yield {
        name: entry.fileName,
        sizeBytes: entry.uncompressedSize,
        stored: entry.compressionMethod === 0,
        read: () => readEntry(entry)
      }
  }
  try {
    return await use(entries())
  } finally {
    zip.close()
  }
}
