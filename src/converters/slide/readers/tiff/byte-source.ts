import { type FileHandle, open } from 'node:fs/promises'
import { damaged } from '../../../failures.ts'

/** Bytes at any place of something. A read beyond its end, or of more than {@link maxReadBytes}, throws `damaged`. */
export interface ByteSource {
  readonly sizeBytes: number
  /** Bytes in memory of their own (`byteOffset` is 0), or at the start of `into` where a source can read into that. */
  read(offset: number, length: number, into?: Buffer<ArrayBuffer>): Promise<Buffer<ArrayBuffer>>
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
      read: (offset, length, into) => readExactly(file, size, offset, length, into),
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

async function readExactly(
  file: FileHandle,
  sizeBytes: number,
  offset: number,
  length: number,
  into?: Buffer<ArrayBuffer>
) {
  checkRange(offset, length, sizeBytes)
  const buffer = into?.subarray(0, length) ?? Buffer.allocUnsafeSlow(length)
  for (let done = 0; done < length; ) {
    const { bytesRead } = await file.read(buffer, done, length - done, offset + done)
    // The file became shorter since it was opened.
    if (bytesRead === 0) checkRange(offset, length, offset + done)
    done += bytesRead
  }
  return buffer
}

function checkRange(offset: number, length: number, sizeBytes: number): void {
  const isRange = Number.isSafeInteger(offset) && offset >= 0 && Number.isSafeInteger(length) && length >= 0
  if (isRange && length <= maxReadBytes && offset + length <= sizeBytes) return
  throw damaged(
    `The file is damaged: it names bytes ${offset} to ${offset + length}, and has ${sizeBytes}.`,
    'It was probably cut short while being copied; copy it again.'
  )
}
