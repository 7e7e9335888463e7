import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { z } from 'zod'
import { environment } from '../../nodes/running-node.ts'
import type { Run } from '../section.ts'

const program = fileURLToPath(new URL('./sharp-tile.ts', import.meta.url))
const said = z.object({ ms: z.number(), cpuMs: z.number(), peakMb: z.number() })

/** Options of `sharp(…).jpeg(…).tile(…)`. */
export interface SharpOptions {
  jpeg?: { quality: number }
  tile?: { size: number; overlap?: number }
}

/** Makes a Deep Zoom folder with sharp, in a process of its own. */
export async function sharpTile(file: string, out: string, options: SharpOptions = {}): Promise<Run> {
  const args = [program, file, out, JSON.stringify(options)]
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: environment() })
  return said.parse(JSON.parse(stdout))
}

/** As anybody would write it. */
export function sharpCommand(file: string, { jpeg, tile }: SharpOptions = {}): string {
  const written = (options: object | undefined) => (options ? JSON.stringify(options).replaceAll('"', '') : '')
  return `await sharp('${file}', {limitInputPixels: false}).jpeg(${written(jpeg)}).tile(${written(tile)}).toFile('out.dz')`
}
