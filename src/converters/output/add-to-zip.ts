import { crc32 } from 'node:zlib'
import { AppendFile } from './append-file.ts'
import { directoryRecord, directoryTailBytes, endOfDirectory, findDirectory, localHeader } from './zip-records.ts'

/** Puts further entries behind those of a finished stored zip (one without a comment, as ours are). */
export async function addToZip(path: string, entries: { path: string; bytes: Buffer }[]): Promise<void> {
  const file = await AppendFile.open(path)
  try {
    const tailBytes = Math.min(file.end, directoryTailBytes)
    const found = findDirectory(await file.read(file.end - tailBytes, tailBytes))
    if (!found) throw new Error('the packed result has no directory')
    const directory = await file.read(found.offset, found.sizeBytes)
    await file.truncate(found.offset)
    const records = entries.map(({ path: name, bytes }) => append(file, name, bytes))
    const start = file.end
    await file.append(Buffer.concat([directory, ...records]))
    await file.append(endOfDirectory(found.count + entries.length, start, file.end - start))
    await file.flush()
  } finally {
    await file.close()
  }
}

function append(file: AppendFile, name: string, bytes: Buffer): Buffer {
  const record = { name: Buffer.from(name), crc: crc32(bytes), sizeBytes: bytes.length, offset: file.end }
  file.append(localHeader(record))
  file.append(bytes)
  return directoryRecord(record)
}
