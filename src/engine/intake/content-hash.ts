import { createHash } from 'node:crypto'
import { open, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { FoundFile } from './found-file.ts'

const edgeBytes = 1 << 20

/**
 * 12 hex digits of the SHA-256 of a source's sizes and the first and last MiB of its largest file: the same for the same slide under
 * any name, and not to be guessed from a case number, unlike a hash of the name. Throws what the file system says.
 */
export async function contentHash({ path, parts }: Pick<FoundFile, 'path' | 'parts'>): Promise<string> {
  const hash = createHash('sha256')
  const files = parts?.files ?? []
  for (const { sizeBytes } of files) hash.update(`${sizeBytes}\0`)
  const largest = files.toSorted((a, b) => b.sizeBytes - a.sizeBytes)[0]
  const main = parts && largest ? join(parts.dir, ...largest.path.split('/')) : path
  const { size } = await stat(main)
  hash.update(`${size}\0`)
  const file = await open(main)
  try {
    for (const start of new Set([0, Math.max(0, size - edgeBytes)])) {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(edgeBytes), 0, edgeBytes, start)
      hash.update(buffer.subarray(0, bytesRead))
    }
  } finally {
    await file.close()
  }
  return hash.digest('hex').slice(0, 12)
}
