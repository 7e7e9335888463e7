import type { Profiler } from 'node:inspector'

type Frame = Pick<Profiler.ProfileNode['callFrame'], 'functionName' | 'url'>

/** What a thread does, in the words of the report; the first that fits counts. */
const kinds: [name: string, fits: (frame: Frame) => boolean][] = [
  ['waiting for requests', ({ functionName }) => functionName === '(idle)'],
  ['collecting garbage', ({ functionName }) => functionName === '(garbage collector)'],
  [
    'SQLite, its flush included',
    ({ functionName, url }) => url === '' && /^(run|get|all|exec|iterate)$/.test(functionName)
  ],
  ['JSON', ({ functionName, url }) => url === '' && /^(parse|stringify)$/.test(functionName)],
  ['sockets', ({ functionName, url }) => url === '' && /write|read|Utf8|Latin1|Buffer|shutdown/i.test(functionName)],
  ['checking by zod', ({ url }) => /node_modules\/(zod|fastify-type-provider-zod)\//.test(url)],
  ['log', ({ url }) => /node_modules\/(pino|sonic-boom|thread-stream)/.test(url)],
  ['Fastify and its plugins', ({ url }) => url.includes('node_modules/')],
  ['the face', ({ url }) => url.includes('/out/services/')],
  ['the engine', ({ url }) => url.includes('/out/')],
  ['Node: HTTP, streams, timers', ({ url }) => url.startsWith('node:')],
  ['native code of Node', () => true]
]

/** How much of the profiled time went where: 0..1 by kind, the largest first. By the functions themselves, not what they call. */
export function shares({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): [kind: string, share: number][] {
  const kindOf = new Map(nodes.map(({ id, callFrame }) => [id, kinds.find(([, fits]) => fits(callFrame))?.[0] ?? '']))
  const times = new Map<string, number>()
  let total = 0
  samples.forEach((id, i) => {
    const us = Math.max(0, timeDeltas[i] ?? 0)
    const kind = kindOf.get(id) ?? ''
    times.set(kind, (times.get(kind) ?? 0) + us)
    total += us
  })
  return [...times].map(([kind, us]) => [kind, us / total] as [string, number]).sort(([, a], [, b]) => b - a)
}

/** `SQLite, its flush included 41 %, sockets 20 %, …`: what takes at least a fiftieth. */
export function shareSentence(all: [kind: string, share: number][]): string {
  return all
    .filter(([, share]) => share >= 0.02)
    .map(([kind, share]) => `${kind} ${Math.round(100 * share)} %`)
    .join('; ')
}
