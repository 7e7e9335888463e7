import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where the set-up of `npm test` unpacks servers (scripts/setup-tools.mjs), for tests that are run alone. */
const unpacked = fileURLToPath(new URL('../../../../node_modules/.cache/microtome/debian/usr', import.meta.url))

/** A program on PATH or among the unpacked ones; undefined where there is none. */
export function findProgram(name: string): string | undefined {
  const path = (process.env.PATH ?? '').split(delimiter)
  const folders = [...path, '/usr/sbin', join(unpacked, 'bin'), join(unpacked, 'sbin')]
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file))
}
