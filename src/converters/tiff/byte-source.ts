import { type FileHandle, open } from 'node:fs/promises'
import { damaged } from '../failures.ts'

/** Bytes at any place of something; a read beyond its end throws `damaged`. */
export interface ByteSource {
  readonly sizeBytes: number
  read(offset: number, length: number): Promise<DataView>
}

/** Bytes in memory. */
export function bytesOf(bytes: Uint8Array): ByteSource {
  return {
    sizeBytes: bytes.length,
    read: async (offset, length) => {
      checkRange(offset, length, bytes.length)
      return new DataView(bytes.buffer, bytes.byteOffset + offset, length)
    }
  }
}

/** Bytes of a file, opened for the time that `use` takes. */
export async function withFile<T>(path: string, use: (source: ByteSource) => Promise<T>): Promise<T> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    return await use({ sizeBytes: size, read: (offset, length) => readExactly(file, size, offset, length) })
  } finally {
    await file.close()
  }
}

async function readExactly(file: FileHandle, sizeBytes: number, offset: number, length: number): Promise<DataView> {
  checkRange(offset, length, sizeBytes)
  const buffer = new Uint8Array(length)
  const { bytesRead } = await file.read(buffer, 0, length, offset)
  if (bytesRead < length) checkRange(offset, length, offset + bytesRead)
  return new DataView(buffer.buffer)
}

function checkRange(offset: number, length: number, sizeBytes: number): void {
  if (Number.isSafeInteger(offset) && offset >= 0 && length >= 0 && offset + length <= sizeBytes) return
  throw damaged(
    `The file is damaged: it names bytes ${offset} to ${offset + length}, and has ${sizeBytes}.`,
    'It was probably cut short while being copied; copy it again.'
  )
}
