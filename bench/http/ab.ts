import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { onPath } from '../../scripts/find-program.mjs'
import type { Bench } from '../bench.ts'
import type { Request } from './generator/index.ts'

const run = promisify(execFile)

/** apache2-utils' `ab`, where it is installed: a generator that is not ours. */
export const ab = onPath('ab')[0]

/** How `ab` is to ask. */
export interface AbLoad {
  count: number
  connections: number
  keepAlive: boolean
}

/** Sends one request again and again; answers how many a second were answered. Throws where one was not a success. */
export async function runAb(
  bench: Bench,
  node: { url: string; key: string },
  { path, body }: Request,
  { count, connections, keepAlive }: AbLoad
): Promise<number> {
  if (ab === undefined) throw new Error('there is no ab')
  const content = body === undefined ? [] : ['-T', 'application/json', '-p', bodyFile(bench, body)]
  const words = ['-q', '-l', ...(keepAlive ? ['-k'] : []), '-n', `${count}`, '-c', `${connections}`, ...content]
  const { stdout } = await run(ab, [...words, '-H', `X-API-Key: ${node.key}`, new URL(path, node.url).href])
  if (/^(Non-2xx responses|Failed requests): +[1-9]/m.test(stdout)) throw new Error(`ab was refused:\n${stdout}`)
  return Number(/^Requests per second: +([\d.]+)/m.exec(stdout)?.[1])
}

function bodyFile(bench: Bench, body: string): string {
  const file = join(bench.folder(), 'body.json')
  writeFileSync(file, body)
  return file
}
