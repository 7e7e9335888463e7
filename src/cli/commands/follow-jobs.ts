import { setTimeout as delay } from 'node:timers/promises'
import { fromRpcError } from '../../shared/contract/rpc-error.ts'
import type { Job } from '../../shared/domain/jobs.ts'
import { type LocalClient, type NodeForCall, openDoor, openOrStart } from '../node/index.ts'
import { hasEnded, type Reporter } from '../progress/index.ts'

/** The jobs of a submission on their way, as this call knows them. */
export interface Followed {
  submissionId: string
  /** By id; changed in place. */
  jobs: Map<string, Job>
  reporter: Reporter
  /** Cancels what has not ended. */
  interrupted: AbortSignal
}

/**
 * Follows until every job has ended. Jobs outlive their node: if it dies, this waits for it to come back and then starts one
 * itself. Answers the node that was there at the end.
 */
export async function followToTheEnd(dataDir: string, first: NodeForCall, followed: Followed): Promise<NodeForCall> {
  for (let node = first; ; node = await reopen(dataDir, node)) {
    try {
      await follow(node.door.client, followed)
      return node
    } catch (thrown) {
      if (!(await wasCut(node, thrown))) throw thrown
    }
  }
}

async function follow(client: LocalClient, { submissionId, jobs, reporter, interrupted }: Followed): Promise<void> {
  const ending = new AbortController()
  const isPending = () => [...jobs.values()].some((job) => !hasEnded(job))
  const take = (changed: readonly Job[]) => {
    const ours = changed.filter(({ id }) => jobs.has(id))
    for (const job of ours) jobs.set(job.id, job)
    if (ours.length > 0) reporter.update(ours)
  }
  // Listening first, asking second: nothing falls between the two.
  const events = await client.events(undefined, { signal: ending.signal })
  const stopCancelling = cancelOn(interrupted, client, jobs)
  try {
    for await (const page of pagesOf(client, submissionId)) take(page)
    while (isPending()) {
      const next = await events.next()
      if (next.done) throw new Error('the node ended its events')
      if (next.value.type === 'jobs') take(next.value.jobs)
      if (next.value.type === 'jobs-removed') for (const id of next.value.ids) jobs.delete(id)
    }
  } finally {
    stopCancelling()
    ending.abort()
  }
}

/** All jobs of a submission, or of the node. */
export async function* pagesOf(client: LocalClient, submissionId?: string): AsyncGenerator<Job[]> {
  let cursor: string | undefined
  do {
    const page = await client.jobs.list({ cursor, submissionId })
    yield page.jobs
    cursor = page.next
  } while (cursor !== undefined)
}

function cancelOn(interrupted: AbortSignal, client: LocalClient, jobs: Map<string, Job>): () => void {
  const cancel = () => {
    const ids = [...jobs.values()].filter((job) => !hasEnded(job)).map(({ id }) => id)
    // A node that is gone cancels nothing; the cut is noticed by who follows.
    client.jobs.cancel({ ids }).catch(() => undefined)
  }
  if (interrupted.aborted) cancel()
  interrupted.addEventListener('abort', cancel)
  return () => interrupted.removeEventListener('abort', cancel)
}

async function wasCut({ door }: NodeForCall, thrown: unknown): Promise<boolean> {
  if (fromRpcError(thrown).code !== 'unreachable') return false
  const closed = door.closed.then(() => true)
  return Promise.race([closed, delay(1_000, false, { ref: false })])
}

/** Whoever watches over the node restarts it; only if nobody does, this call goes on in its place. */
const comesBackMs = 5_000

async function reopen(dataDir: string, lost: NodeForCall): Promise<NodeForCall> {
  await lost.close()
  const deadlineMs = performance.now() + comesBackMs
  while (performance.now() < deadlineMs) {
    const door = await openDoor(dataDir)
    if (door) return { door, close: async () => door.close() }
    await delay(200)
  }
  return openOrStart(dataDir)
}
