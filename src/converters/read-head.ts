import { open } from 'node:fs/promises'

/** The first `mostBytes` of a file, or all of a shorter one. Throws what the file system says. */
export async function readHead(path: string, mostBytes: number): Promise<Buffer> {
  const file = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(mostBytes), 0, mostBytes, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}
