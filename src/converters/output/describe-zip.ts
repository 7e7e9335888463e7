import type { Converted } from '../../shared/converter-protocol.ts'
import { type ResultFile, summarise } from './result-files.ts'
import { listZip } from './zip-listing.ts'

/** What the engine is told of a result that lies packed in a stored zip. Throws `verify-failed` if it is none. */
export async function describeZip(path: string): Promise<Pick<Converted, 'packed' | 'files' | 'totalBytes'>> {
  const files: ResultFile[] = []
  let totalBytes = 0
  for await (const entries of listZip(path))
    for (const { name, sizeBytes } of entries) {
      files.push({ path: name, sizeBytes })
      totalBytes += sizeBytes
    }
  return { packed: true, files: summarise(files), totalBytes }
}
