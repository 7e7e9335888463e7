import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/** Makes or replaces a file, with its folder where that may be missing, before it returns. */
export function writeAtOnce(path: string, bytes: Uint8Array, makeFolder: boolean): void {
  if (makeFolder) mkdirSync(dirname(path), { recursive: true })
  const file = openSync(path, 'w')
  try {
    for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done)
  } finally {
    closeSync(file)
  }
}
