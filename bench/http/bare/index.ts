import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { atEnd, endProcess } from '../../at-end.ts'
import type { Bench } from '../../bench.ts'
import { environment } from '../../nodes/running-node.ts'
import type { Request } from '../generator/index.ts'

const program = fileURLToPath(new URL('bare-server.ts', import.meta.url))

/** Answers a request once as `url` does, for {@link startBare} to repeat. */
async function sample(url: string, key: string, { method, path, body }: Request) {
  const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' }
  const answer = await fetch(new URL(path, url), {
    method,
    headers: { ...type, 'x-api-key': key },
    ...(body === undefined ? {} : { body })
  })
  return {
    status: answer.status,
    type: answer.headers.get('content-type') ?? 'application/json',
    body: await answer.text()
  }
}

/** A Fastify server in a process of its own that answers everything as the node answered `request`; ends with the bench. */
export async function startBare(bench: Bench, node: { url: string; key: string }, request: Request): Promise<string> {
  const answer = await sample(node.url, node.key, request)
  if (answer.status >= 300) throw new Error(`the node answered ${answer.status}: ${answer.body.slice(0, 300)}`)
  const child = fork(program, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], env: environment() })
  atEnd(bench.undo, () => endProcess(child))
  const [url] = (await once(child, 'message')) as [string]
  const told = once(child, 'message')
  child.send(answer)
  await told
  return url
}
