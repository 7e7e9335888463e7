import type { FaceNode } from './face-node.ts'
import type { Request } from './generator/index.ts'
import { type HttpBench, type Load, send } from './load.ts'

const engines = Array.from({ length: 50 }, (_, i) => `engine-${i}`)

const submitRequest: Request = {
  method: 'POST',
  path: '/jobs/',
  body: JSON.stringify({
    source_url: 'http://127.0.0.1:9/films/input.mp4',
    target_codec: 'h264',
    job_size: 100.5,
    max_retries: 3
  })
}
const heartbeats = engines.map(
  (engine_id): Request => ({
    method: 'POST',
    path: '/engines/heartbeat',
    body: JSON.stringify({
      engine_id,
      engine_type: 'transcoder',
      status: 'idle',
      hostname: engine_id,
      local_job_queue: []
    })
  })
)
const assigns = engines.map(
  (engine_id): Request => ({ method: 'POST', path: '/assign_job/', body: JSON.stringify({ engine_id }) })
)

async function submitted(http: HttpBench, node: FaceNode, count: number): Promise<string[]> {
  return (await send(http, node, [submitRequest], count)).jobIds
}

async function listed({ url, key }: FaceNode, query: string): Promise<string[]> {
  const answer = await fetch(new URL(`/jobs/${query}`, url), { headers: { 'x-api-key': key } })
  const { jobs } = (await answer.json()) as { jobs: { job_id: string }[] }
  return jobs.map(({ job_id }) => job_id)
}

/** Engines hold a job each, not thousands from the sample before. */
async function completeHeld(http: HttpBench, node: FaceNode): Promise<void> {
  const held = await listed(node, '?status=processing&limit=10000')
  const body = JSON.stringify({ output_url: 'http://127.0.0.1:9/results/output.mp4' })
  const requests = held.map((id): Request => ({ method: 'POST', path: `/jobs/${id}/complete`, body }))
  if (held.length > 0) await send(http, node, requests, held.length)
}

/** Every kind of request of the issue. */
export const loads: Load[] = [
  {
    name: 'submit',
    title: 'Submit',
    what: () => 'POST /jobs/, durable before the answer',
    goal: 4_000,
    count: ({ requests }) => requests,
    prepare: async () => [submitRequest],
    check: ({ jobIds }) => requireDistinct(jobIds)
  },
  {
    name: 'get',
    title: 'Get',
    what: () => 'GET /jobs/{id} of different jobs',
    count: ({ requests }) => requests,
    prepare: async (http, node) =>
      (await submitted(http, node, http.sizes.requests)).map((id) => ({ method: 'GET', path: `/jobs/${id}` }))
  },
  {
    name: 'assign',
    title: 'Assign',
    what: () => 'POST /assign_job/ of 50 engines, each answer a job, durable before the answer',
    goal: 4_000,
    count: ({ requests }) => requests,
    prepare: async (http, node) => {
      await completeHeld(http, node)
      await send(http, node, heartbeats, engines.length)
      // One more than is asked for: somebody may look at an answer first.
      await submitted(http, node, http.sizes.requests + 1)
      return assigns
    },
    check: ({ jobIds }) => requireDistinct(jobIds)
  },
  {
    name: 'heartbeat',
    title: 'Heartbeat',
    what: () => 'POST /engines/heartbeat of 50 engines that are known',
    count: ({ requests }) => requests,
    prepare: async (http, node) => {
      await send(http, node, heartbeats, engines.length)
      return heartbeats
    }
  },
  {
    name: 'list',
    title: 'List',
    what: ({ listed }) => `GET /jobs/ of ${listed.toLocaleString('en')} jobs`,
    goal: 300,
    count: ({ lists }) => lists,
    prepare: async (http, node) => {
      const query = `?limit=${http.sizes.listed}`
      const { length } = await listed(node, query)
      await submitted(http, node, http.sizes.listed - length)
      return [{ method: 'GET', path: `/jobs/${query}` }]
    }
  }
]

/** What nobody may be told twice. */
function requireDistinct(ids: string[]): void {
  const doubled = ids.length - new Set(ids).size
  if (doubled > 0) throw new Error(`${doubled} of ${ids.length} jobs were answered more than once`)
}
