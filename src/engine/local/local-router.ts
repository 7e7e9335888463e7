import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { implement } from '@orpc/server'
import { localContract, type SubmitInput } from '../../shared/contract/local.ts'
import { fromRpcError } from '../../shared/contract/rpc-error.ts'
import { parseProfile } from '../../shared/domain/profiles.ts'
import { MicrotomeError } from '../../shared/errors.ts'
import { createFolder, listFolder } from '../intake/index.ts'
import type { StoredJob } from '../jobs/index.ts'
import { unknownKey } from '../keys/index.ts'
import type { WorkerPort } from '../scheduler/index.ts'
import { estimateBytes, estimateSeconds, type Measured } from './estimate.ts'
import { eventFeed } from './event-feed.ts'
import { inspect } from './inspect.ts'
import type { LocalParts } from './local-parts.ts'

const ok = { ok: true } as const

/** The local contract over the engine's parts: each handler is a line or two, what it does lives elsewhere. */
export function createLocalRouter(parts: LocalParts) {
  const os = implement(localContract)
  return os.router({
    status: os.status.handler(() => parts.status()),
    events: os.events.handler(({ signal }) => untilLeft(feed(parts), signal)),
    inspect: os.inspect.handler(({ input, signal }) => inspect(parts, input, signal)),
    estimate: os.estimate.handler(({ input }) => estimate(parts, input)),
    submit: os.submit.handler(async ({ input }) => {
      const { submissionId, jobs, refused } = await parts.submitter.submit(input)
      for (const job of jobs) parts.events.emit('job', job.id)
      if (jobs.length > 0) parts.events.emit('submission', submissionId)
      parts.dispatcher.poke()
      return { submissionId, jobs: jobs.map((job) => parts.rows.of(job)), refused }
    }),
    sample: os.sample.handler(async () => ({ path: await parts.makeSample() })),
    jobs: jobHandlers(parts, os),
    submissions: {
      list: os.submissions.list.handler(({ input }) => parts.jobs.submissions(input.limit)),
      get: os.submissions.get.handler(({ input }) => submission(parts, input.id)),
      retryFailed: os.submissions.retryFailed.handler(async ({ input }) =>
        parts.edits.retry(await failedOf(parts, input.id))
      )
    },
    nodes: nodeHandlers(parts, os),
    pairing: {
      open: os.pairing.open.handler(async function* ({ signal }) {
        yield* untilLeft(parts.lab.openPairing(), signal)
      }),
      join: os.pairing.join.handler(({ input }) => parts.lab.join(input.address, input.code))
    },
    settings: {
      get: os.settings.get.handler(() => ({
        values: parts.config.current(),
        origins: parts.config.origins(),
        file: parts.config.file
      })),
      set: os.settings.set.handler(({ input }) => parts.config.set(input.values))
    },
    folders: {
      list: os.folders.list.handler(({ input }) => listFolder(input.path, [parts.config.current().destination])),
      create: os.folders.create.handler(({ input }) => createFolder(input.path))
    },
    uploads: {
      create: os.uploads.create.handler(({ input }) => parts.uploads.create(input.name, input.sizeBytes, input.files)),
      get: os.uploads.get.handler(({ input }) => parts.uploads.get(input.uploadId)),
      remove: os.uploads.remove.handler(async ({ input }) => {
        await parts.uploads.remove(input.uploadId)
        return ok
      })
    },
    services: { list: os.services.list.handler(() => parts.services()) },
    keys: {
      create: os.keys.create.handler(({ input }) => parts.keys.create(input)),
      list: os.keys.list.handler(() => parts.keys.list()),
      revoke: os.keys.revoke.handler(async ({ input }) => {
        if (await parts.keys.revoke(input.id)) return ok
        throw unknownKey(input.id)
      })
    },
    backup: os.backup.handler(({ input }) => {
      parts.backup(input.path)
      return ok
    }),
    doctor: os.doctor.handler(() => parts.doctor()),
    shutdown: os.shutdown.handler(({ input }) => {
      parts.shutdown(input.now)
      return ok
    })
  })
}

/** Ends the stream as soon as its reader is gone; by itself oRPC would notice with the next value only. */
function untilLeft<T extends { return?: () => Promise<unknown> }>(stream: T, signal: AbortSignal | undefined): T {
  const leave = () => void stream.return?.()
  if (signal?.aborted) leave()
  signal?.addEventListener('abort', leave, { once: true })
  return stream
}

interface EstimateInput {
  items: Measured[]
  profiles: SubmitInput['profiles']
  destination: string
}

type Implementer = ReturnType<typeof implement<typeof localContract>>

function jobHandlers(parts: LocalParts, os: Implementer) {
  return {
    list: os.jobs.list.handler(async ({ input }) => {
      const { jobs, next } = await parts.jobs.list(input)
      return { jobs: jobs.map((job) => parts.rows.of(job)), next }
    }),
    get: os.jobs.get.handler(async ({ input }) => parts.rows.details(await stored(parts, input.id))),
    cancel: os.jobs.cancel.handler(({ input }) => parts.edits.cancel(input.ids)),
    retry: os.jobs.retry.handler(({ input }) => parts.edits.retry(input.ids)),
    hold: os.jobs.hold.handler(({ input }) => parts.edits.hold(input.ids)),
    release: os.jobs.release.handler(({ input }) => parts.edits.release(input.ids)),
    remove: os.jobs.remove.handler(({ input }) => remove(parts, input.ids)),
    setPriority: os.jobs.setPriority.handler(({ input }) => parts.edits.setPriority(input.ids, input.priority))
  }
}

function nodeHandlers(parts: LocalParts, os: Implementer) {
  return {
    list: os.nodes.list.handler(() => parts.lab.views()),
    nearby: os.nodes.nearby.handler(() => parts.lab.nearby()),
    pause: os.nodes.pause.handler(async ({ input }) => {
      await reaching(reachable(parts, input.nodeId), (port) => port.pause(input.now))
      return ok
    }),
    resume: os.nodes.resume.handler(async ({ input }) => {
      await reaching(reachable(parts, input.nodeId), (port) => port.resume())
      return ok
    }),
    remove: os.nodes.remove.handler(async ({ input }) => {
      const nodeId = parts.lab.find(input.node)
      await parts.lab.remove(nodeId)
      return { nodeId }
    })
  }
}

function feed(parts: LocalParts) {
  return eventFeed(
    parts.clock,
    parts.events,
    {
      job: (id) => parts.rows.byId(id),
      submission: (id) => parts.jobs.submission(id),
      status: async () => ({ type: 'status', status: await parts.status() }),
      nodes: () => ({ type: 'nodes', nodes: parts.lab.views() }),
      nearby: () => ({ type: 'nearby', nearby: parts.lab.nearby() })
    },
    parts.onBug
  )
}

async function remove(parts: LocalParts, ids: string[]) {
  const removed = new Set(await parts.jobs.remove(ids))
  await parts.forget([...removed])
  for (const id of removed) parts.events.emit('job-removed', id)
  parts.events.emit('status', undefined)
  const refused = ids.filter((id) => !removed.has(id)).map((id) => ({ id, error: notEnded(id).toJSON() }))
  return { changed: removed.size, refused }
}

async function estimate(parts: LocalParts, input: EstimateInput) {
  const profiles = withDefaults(input.profiles)
  let bytes = 0
  for (const item of input.items) {
    const profile = profiles[item.kind]
    if (profile) bytes += estimateBytes(item, profile)
  }
  const seconds = estimateSeconds(input.items, profiles, (name, copied) => parts.lab.bytesPerSecond(name, copied))
  return { bytes: Math.round(bytes), freeBytes: await freeBytes(input.destination), seconds }
}

function withDefaults(profiles: SubmitInput['profiles']): SubmitInput['profiles'] {
  return Object.fromEntries(
    Object.entries(profiles).map(([kind, { name, options }]) => [kind, parseProfile(name, options)])
  )
}

/** Free bytes where the destination is or will be: of its nearest folder that exists. */
async function freeBytes(folder: string): Promise<number> {
  const disk = await statfs(folder).catch(() => undefined)
  if (disk) return disk.bavail * disk.bsize
  const parent = dirname(folder)
  return parent === folder ? 0 : freeBytes(parent)
}

async function stored(parts: LocalParts, id: string): Promise<StoredJob> {
  const job = await parts.jobs.get(id)
  if (job) return job
  throw new MicrotomeError({
    code: 'unknown-job',
    class: 'input',
    message: `There is no job "${id}".`,
    hint: 'Look at the list of jobs.'
  })
}

async function submission(parts: LocalParts, id: string) {
  const found = await parts.jobs.submission(id)
  if (found) return found
  throw new MicrotomeError({ code: 'unknown-submission', class: 'input', message: `There is no submission "${id}".` })
}

async function failedOf(parts: LocalParts, submissionId: string): Promise<string[]> {
  const failed: string[] = []
  let cursor: string | undefined
  do {
    const page = await parts.jobs.list({ cursor, limit: 5000, submissionId })
    failed.push(...page.jobs.filter((job) => job.state === 'failed').map((job) => job.id))
    cursor = page.next
  } while (cursor)
  return failed
}

/** A link that breaks in the middle is no bug of ours. */
async function reaching(port: WorkerPort, call: (port: WorkerPort) => Promise<void>): Promise<void> {
  await call(port).catch((thrown: unknown) => {
    throw port.isSelf ? thrown : fromRpcError(thrown)
  })
}

function reachable(parts: LocalParts, nodeId: string) {
  const port = parts.lab.port(parts.lab.find(nodeId))
  if (port?.status()) return port
  throw new MicrotomeError({
    code: 'node-offline',
    class: 'transport',
    message: `The computer ${nodeId} can't be reached.`,
    hint: 'Try again when it is switched on and connected.'
  })
}

function notEnded(id: string): MicrotomeError {
  return new MicrotomeError({
    code: 'wrong-state',
    class: 'input',
    message: `Job ${id} is not on the list or has not ended.`,
    hint: 'Cancel it first.'
  })
}
