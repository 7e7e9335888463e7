import type * as fs from 'node:fs/promises'
import type { Clock } from '../../clock.ts'

/** The calls of `node:fs/promises` by which results get to their place. */
export type CommitFiles = Pick<
  typeof fs,
  'access' | 'link' | 'lstat' | 'mkdir' | 'open' | 'readdir' | 'rename' | 'rm' | 'stat' | 'statfs' | 'unlink'
>

/** What a commit needs of the machine; platform and clock come in so that every platform's rules are tested on any. */
export interface CommitPlace {
  files: CommitFiles
  clock: Clock
  platform: NodeJS.Platform
}

/** Windows and macOS take "A.dzi" and "a.dzi" for the same name, and macOS both ways to write "é". */
export function nameKey(name: string, platform: NodeJS.Platform): string {
  const composed = name.normalize('NFC')
  return ignoresCase(platform) ? composed.toLowerCase() : composed
}

export function ignoresCase(platform: NodeJS.Platform): boolean {
  return platform === 'win32' || platform === 'darwin'
}
