import { readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'
import { z } from 'zod'
import { parseJson } from './parse-json.ts'

const manifest = z.object({ version: z.string() })

/** Version of the installed sharp, from its manifest: the engine never loads sharp itself. Undefined where it is not installed. */
export function sharpVersion(): string | undefined {
  try {
    const path = findPackageJSON('sharp', import.meta.url)
    return path === undefined ? undefined : parseJson(readFileSync(path, 'utf8'), manifest)?.version
  } catch {
    // Not installed: the doctor says so.
    return undefined
  }
}
