import type { LocalEvent } from '../../shared/contract/local.ts'
import type { Job } from '../../shared/domain/jobs.ts'
import { api, door } from '../api/client.ts'
import { afterEvent, selfFirst, useLab } from './lab-store.ts'

const retryMs = 1000

/** What events said while the lists were being read: it is newer than the lists. */
interface Newer {
  jobs: Set<string>
  removed: Set<string>
  submissions: Set<string>
}

/** Keeps the lab store up with the engine for as long as the page lives. */
export function followLab(): void {
  let session: AbortController | undefined
  door.onState((state) => {
    session?.abort()
    useLab.setState({ connection: state === 'refused' ? 'lost' : state, refused: state === 'refused' })
    if (state !== 'live') return
    session = new AbortController()
    void follow(session.signal)
  })
  door.dialNow()
}

async function follow(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await followOnce()
    } catch (error) {
      // A cut ends every session with an error; the door tells of it and dials again.
      await pause(retryMs, signal)
      if (!signal.aborted) reportError(error)
    }
  }
}

/** Takes no signal: a cut ends the stream by itself, and oRPC would try to tell the other side over the cut line. */
async function followOnce(): Promise<void> {
  const newer: Newer = { jobs: new Set(), removed: new Set(), submissions: new Set() }
  const events = await api.events()
  const lists = readLists(newer)
  // Its failure is seen by the await below; until then it must not count as unhandled.
  lists.catch(() => undefined)
  for await (const event of events) {
    note(newer, event)
    useLab.setState((state) => afterEvent(state, event))
  }
  await lists
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}

function note(newer: Newer, event: LocalEvent): void {
  if (event.type === 'jobs') for (const job of event.jobs) newer.jobs.add(job.id)
  if (event.type === 'jobs-removed') for (const id of event.ids) newer.removed.add(id)
  if (event.type === 'submission') newer.submissions.add(event.submission.id)
}

async function readLists(newer: Newer): Promise<void> {
  const [jobs, submissions, nodes, nearby] = await Promise.all([
    readJobs(),
    api.submissions.list({ limit: 500 }),
    api.nodes.list(),
    api.nodes.nearby()
  ])
  useLab.setState((state) => {
    const merged = new Map(jobs.filter((job) => !newer.removed.has(job.id)).map((job) => [job.id, job]))
    for (const id of newer.jobs) replace(merged, id, state.jobs.get(id))
    const known = new Map(submissions.map((submission) => [submission.id, submission]))
    for (const id of newer.submissions) replace(known, id, state.submissions.get(id))
    return { jobs: merged, submissions: known, nodes: selfFirst(nodes), nearby, loaded: true }
  })
}

function replace<T>(map: Map<string, T>, id: string, item: T | undefined): void {
  if (item !== undefined) map.set(id, item)
}

async function readJobs(): Promise<Job[]> {
  const all: Job[] = []
  let cursor: string | undefined
  do {
    const page = await api.jobs.list({ limit: 5000, ...(cursor === undefined ? {} : { cursor }) })
    all.push(...page.jobs)
    cursor = page.next
  } while (cursor !== undefined)
  return all
}
