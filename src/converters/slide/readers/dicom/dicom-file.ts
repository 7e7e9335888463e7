import { type FileHandle, open } from 'node:fs/promises'
import { damaged, sourceUnreadable } from '../../../failures.ts'

/** Bytes at any place of a DICOM file. */
export interface DicomBytes {
  readonly sizeBytes: number
  /** Up to `length` bytes, fewer at the end of the file, none behind it. */
  readUpTo(offset: number, length: number): Promise<Buffer>
  close(): Promise<void>
}

/** Where something lies in a file; an undefined length is Infinity. */
export interface Extent {
  offset: number
  lengthBytes: number
}

/** Opens a file for reads at any place; it and they throw `source-unreadable`. */
export async function openBytes(path: string): Promise<DicomBytes> {
  return readable(async () => {
    const file = await open(path, 'r')
    try {
      const { size } = await file.stat()
      const read = (offset: number, length: number) => readable(() => readUpTo(file, offset, length))
      return { sizeBytes: size, readUpTo: read, close: () => file.close() }
    } catch (error) {
      await file.close()
      throw error
    }
  })
}

/** Turns what the file system throws into `source-unreadable`, without the path that it names. */
export async function readable<T>(access: () => Promise<T>): Promise<T> {
  try {
    return await access()
  } catch (error) {
    const code = error instanceof Error && 'syscall' in error && 'code' in error ? error.code : undefined
    if (code === undefined) throw error
    throw sourceUnreadable(
      `The DICOM file can't be read (${code}).`,
      'Check whether it is still there, and its permissions.',
      error
    )
  }
}

async function readUpTo(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length)
  let filled = 0
  // Network drives may give less than was asked for although there is more.
  while (filled < length) {
    const { bytesRead } = await file.read(bytes, filled, length - filled, offset + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return bytes.subarray(0, filled)
}

/** A failure of class `input` for a file whose attributes contradict each other or its length. */
export function dicomDamaged(what: string, cause?: unknown) {
  return damaged(`The DICOM file is damaged: ${what}.`, 'Export it again from where it was made.', cause)
}
