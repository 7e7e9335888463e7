import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { productDir } from './entry-paths.ts'

/** The product's version, as package.json says it. */
export function productVersion(): string {
  return z.object({ version: z.string() }).parse(JSON.parse(readFileSync(join(productDir, 'package.json'), 'utf8')))
    .version
}
