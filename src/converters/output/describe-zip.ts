import type { Converted } from '../../shared/converter-protocol.ts'
import { summarise } from './result-files.ts'
import { withZip } from './zip-directory.ts'

/** What the engine is told of a result that lies packed in a stored zip. Throws `verify-failed` if it is none. */
export async function describeZip(path: string): Promise<Pick<Converted, 'packed' | 'files' | 'totalBytes'>> {
  return withZip(path, async (entries) => {
    const files: { path: string; sizeBytes: number }[] = []
    for await (const { name, sizeBytes } of entries) files.push({ path: name, sizeBytes })
    return {
      packed: true,
      files: summarise(files),
      totalBytes: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
    }
  })
}
