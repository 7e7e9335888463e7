import { tmpdir } from 'node:os'
import { type Bench, folderIn, memoryDir } from '../bench.ts'
import { type Figure, type Missing, median } from '../figure.ts'
import { ab, runAb } from './ab.ts'
import { startBare } from './bare/index.ts'
import { type FaceNode, startFaceNode } from './face-node.ts'
import type { Outcome, Request } from './generator/index.ts'
import { type HttpBench, type Load, type Sample, sample, send } from './load.ts'
import { profiled } from './profile/profiler.ts'
import { shareSentence, shares } from './profile/shares.ts'

/** A rate and what was asked of it. */
export interface HttpFigure extends Figure {
  goal?: number | undefined
}

/** What one load came to. */
export interface HttpSection {
  title: string
  rows: (HttpFigure | Missing)[]
}

/** A node whose data lie somewhere, and what was measured there. */
interface Place {
  where: string
  node: FaceNode
  outcomes: Sample[]
}

/** Measures one load against nodes of its own and, in turn, the same requests against a server without us. */
export async function measureLoad(load: Load, http: HttpBench): Promise<HttpSection> {
  const { bench, sizes } = http
  const places = await Promise.all(folders(bench).map((folder) => startPlace(bench, folder)))
  const [first] = places
  if (!first) throw new Error('there is no place for data')
  const bare = await inTurn(load, http, places, first.node)
  const bound = await whatBounds(load, http, folders(bench)[0])
  const against = { what: 'Fastify that answers the same bytes and does nothing', samples: bare }
  const rows = places.map(({ where, outcomes }): HttpFigure => {
    const samples = outcomes.map((outcome) => perSecond(load, http, outcome))
    const sentences = [latency(outcomes), processor(load, http, outcomes), where === first.where ? bound : '']
    return {
      what: `${load.what(sizes)}; data ${where}`,
      unit: 'per second',
      goal: load.goal,
      samples,
      against,
      bound: sentences.filter((part) => part !== '').join(' ')
    }
  })
  return { title: load.title, rows: [...rows, await byAb(load, http, first)] }
}

interface Folder {
  where: string
  path: string
}

/** On a disk first, where there is another place: what is durable costs there what it costs. */
function folders(bench: Bench): Folder[] {
  const memory = { where: 'in memory', path: bench.folder() }
  return memoryDir === tmpdir()
    ? [{ ...memory, where: 'in the temporary folder' }]
    : [{ where: 'on disk', path: folderIn(tmpdir(), bench.undo) }, memory]
}

const startPlace = async (bench: Bench, { where, path }: Folder): Promise<Place> => ({
  where,
  node: await startFaceNode(bench, path),
  outcomes: []
})

/** Each place once per round, then the bare server, so that a machine that is slow for a while is slow for all of them. */
async function inTurn(load: Load, http: HttpBench, places: Place[], first: FaceNode): Promise<number[]> {
  const requests = await load.prepare(http, first)
  const url = await startBare(http.bench, first, firstOf(requests))
  const bare: number[] = []
  for (let round = 0; round < http.sizes.rounds; round++) {
    for (const { node, outcomes } of places) outcomes.push(await sample(load, http, node))
    bare.push(perSecond(load, http, await send(http, { url, key: first.key }, requests, load.count(http.sizes))))
  }
  return bare
}

function firstOf(requests: Request[]): Request {
  const [request] = requests
  if (!request) throw new Error('the load has no requests')
  return request
}

const perSecond = (load: Load, { sizes }: HttpBench, { ms }: Outcome) => (load.count(sizes) * 1000) / ms

const milliseconds = new Intl.NumberFormat('en', { maximumSignificantDigits: 2 })

function latency(outcomes: Outcome[]): string {
  const half = milliseconds.format(median(outcomes.map(({ medianMs }) => medianMs)))
  const most = milliseconds.format(median(outcomes.map(({ p99Ms }) => p99Ms)))
  return `Half are answered within ${half} ms, 99 % within ${most} ms.`
}

/** What others' load on the machine hardly changes. */
function processor(load: Load, { sizes }: HttpBench, samples: Sample[]): string {
  const known = samples.flatMap(({ nodeCpuMs }) => nodeCpuMs ?? [])
  if (known.length === 0) return ''
  const eachMs = median(known) / load.count(sizes)
  const most = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 }).format(1000 / eachMs)
  return `Each takes ${milliseconds.format(eachMs)} ms of the node’s processor time, all threads together: ${most} a second would fill one core.`
}

/** Where the node's one thread is during a sample, by a profile of another node: profiling makes it slower. */
async function whatBounds(load: Load, http: HttpBench, folder: Folder | undefined): Promise<string> {
  if (!folder) return ''
  const node = await startFaceNode(http.bench, folder.path, { inspect: true })
  if (node.inspectorUrl === undefined) return ''
  const requests = await load.prepare(http, node)
  const profile = await profiled(node.inspectorUrl, () => send(http, node, requests, load.count(http.sizes)))
  return `The node’s one thread, by samples of its stack: ${shareSentence(shares(profile))}.`
}

/** By a generator that is not ours. */
async function byAb(load: Load, http: HttpBench, { node, where }: Place): Promise<HttpFigure | Missing> {
  const { connections, rounds } = http.sizes
  const count = load.count(http.sizes)
  const what = `the same by \`ab -k -c ${connections}\`; data ${where}`
  if (ab === undefined) return { what, missing: 'there is no ab (Debian: apache2-utils)' }
  const samples: number[] = []
  for (let round = 0; round < rounds; round++) {
    const request = firstOf(await load.prepare(http, node))
    samples.push(await runAb(http.bench, node, request, { count, connections, keepAlive: true }))
  }
  return {
    what,
    unit: 'per second',
    goal: load.goal,
    samples,
    bound: 'One thread of `ab` makes one request again and again; what bounds the node is as above.'
  }
}
