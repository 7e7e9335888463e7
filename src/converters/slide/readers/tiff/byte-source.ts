import { type FileHandle, open } from 'node:fs/promises'
import { damaged } from '../../../failures.ts'

/** Bytes at any place of something. A read beyond its end, or of more than {@link maxReadBytes}, throws `damaged`. */
export interface ByteSource {
  readonly sizeBytes: number
  /** Bytes in memory of their own (`byteOffset` is 0). */
  read(offset: number, length: number): Promise<Buffer<ArrayBuffer>>
  /** Fills `into`, where a source can; throws as `read`. */
  readInto?(offset: number, into: Buffer): Promise<void>
}

/** An open file. */
export interface FileBytes extends ByteSource {
  close(): Promise<void>
}

/** What a tag claims costs no more memory than this at a time, whatever it claims. */
export const maxReadBytes = 64 << 20

/** Opens a file for positional reads; throws what Node does. */
export async function openFile(path: string): Promise<FileBytes> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    return {
      sizeBytes: size,
      read: async (offset, length) => {
        checkRange(offset, length, size)
        const bytes = Buffer.allocUnsafeSlow(length)
        await fill(file, size, offset, bytes)
        return bytes
      },
      readInto: (offset, into) => fill(file, size, offset, into),
      close: () => file.close()
    }
  } catch (error) {
    await file.close()
    throw error
  }
}

/** Bytes of a file, opened for the time that `use` takes. */
export async function withFile<T>(path: string, use: (source: ByteSource) => Promise<T>): Promise<T> {
  const file = await openFile(path)
  try {
    return await use(file)
  } finally {
    await file.close()
  }
}

async function fill(file: FileHandle, sizeBytes: number, offset: number, into: Buffer): Promise<void> {
  checkRange(offset, into.length, sizeBytes)
  for (let done = 0; done < into.length; ) {
    const { bytesRead } = await file.read(into, done, into.length - done, offset + done)
    // The file became shorter since it was opened.
    if (bytesRead === 0) checkRange(offset, into.length, offset + done)
    done += bytesRead
  }
}

function checkRange(offset: number, length: number, sizeBytes: number): void {
  const isRange = Number.isSafeInteger(offset) && offset >= 0 && Number.isSafeInteger(length) && length >= 0
  if (isRange && length <= maxReadBytes && offset + length <= sizeBytes) return
  throw damaged(
    `The file is damaged: it names bytes ${offset} to ${offset + length}, and has ${sizeBytes}.`,
    'It was probably cut short while being copied; copy it again.'
  )
}
