import { readFile, rename, writeFile } from 'node:fs/promises'
import { z } from 'zod'

const content = z.object({ paused: z.boolean() })

/** Whether this worker was paused when the engine ended; no file, or a damaged one, means not. */
export async function readPaused(path: string): Promise<boolean> {
  try {
    return content.safeParse(JSON.parse(await readFile(path, 'utf8'))).data?.paused ?? false
  } catch (error) {
    const isAbsent = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    if (isAbsent || error instanceof SyntaxError) return false
    throw error
  }
}

/** Replaces the file in one step. */
export async function writePaused(path: string, paused: boolean): Promise<void> {
  await writeFile(`${path}.new`, JSON.stringify({ paused }))
  await rename(`${path}.new`, path)
}
