import { cpSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { put, temporaryFolder } from './temporary-folder.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** A clone with the real bin and scripts, and a built command line of our own where `main` gives one. Answers its folder. */
export function fakeClone(main?: string): string {
  const base = temporaryFolder()
  cpSync(join(root, 'bin'), join(base, 'bin'), { recursive: true })
  cpSync(join(root, 'scripts'), join(base, 'scripts'), { recursive: true })
  put(base, 'package.json', '{"type":"module"}')
  symlinkSync(join(root, 'node_modules'), join(base, 'node_modules'))
  if (main !== undefined) put(base, 'out/cli/main.js', main)
  return base
}
