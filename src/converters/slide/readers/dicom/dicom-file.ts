import { type FileHandle, open } from 'node:fs/promises'
import { damaged } from '../../../failures.ts'

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

/** Opens a file for reads at any place; throws what the file system throws. */
export async function openBytes(path: string): Promise<DicomBytes> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    return { sizeBytes: size, readUpTo: (offset, length) => readUpTo(file, offset, length), close: () => file.close() }
  } catch (error) {
    await file.close()
    throw error
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
