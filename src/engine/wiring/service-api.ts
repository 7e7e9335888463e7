import { extname, join } from 'node:path'
import { type Inspector, thumbnailToken, type Uploads } from '../intake/index.ts'
import { growingGeometry, type JobStore, type StoredJob } from '../jobs/index.ts'
import { type JobRows, submissionCsv } from '../local/index.ts'
import type { LiveTasks } from '../scheduler/index.ts'
import type { ResultFiles, ServiceApi } from '../service-api.ts'

export interface ServiceParts {
  nodeId: string
  name: () => string
  version: string
  localRouter: ServiceApi['localRouter']
  dispatch: ServiceApi['dispatch']
  figures: ServiceApi['figures']
  keys: ServiceApi['keys']
  jobs: JobStore
  live: LiveTasks
  rows: JobRows
  inspector: Inspector
  uploads: Uploads
}

/** The engine as HTTP faces see it. */
export function serviceApi(parts: ServiceParts): ServiceApi {
  const { jobs, inspector, uploads } = parts
  return {
    nodeId: parts.nodeId,
    get name() {
      return parts.name()
    },
    version: parts.version,
    localRouter: parts.localRouter,
    dispatch: parts.dispatch,
    figures: () => parts.figures(),
    keys: parts.keys,
    receiveUpload: (uploadId, offset, body) => uploads.receive(uploadId, offset, body),
    thumbnail: (token) => inspector.thumbnail(token),
    jobThumbnail: async (jobId) => {
      const job = await jobs.get(jobId)
      return job && thumbnailOf(inspector, job)
    },
    result: async (jobId) => {
      const job = await jobs.get(jobId)
      if (!job) return undefined
      return job.state === 'completed' && job.output !== undefined
        ? { kind: job.kind, output: job.output, container: containerOf(job.output) }
        : growingResult(parts, job)
    },
    submissionCsv: async (submissionId) => {
      if (!(await jobs.submission(submissionId))) return undefined
      return submissionCsv((await allOf(jobs, submissionId)).map((job) => parts.rows.of(job)))
    }
  }
}

/** The staging folder of a job that this node's own worker runs. */
function growingResult({ rows, live }: ServiceParts, job: StoredJob): ResultFiles | undefined {
  const lent = rows.of(job).viewable === 'now' ? live.ofTask(job.id)?.lent : undefined
  const growing = lent && growingGeometry(job)
  return growing && { kind: 'slide', output: join(lent.stagingDir, 'result.dzi'), container: 'dzi', growing }
}

/** That of an earlier look, else of a look at the source now. */
async function thumbnailOf(inspector: Inspector, job: StoredJob): Promise<string | undefined> {
  const { path } = job.source
  const file = {
    path,
    name: job.name,
    sizeBytes: job.sizeBytes,
    modifiedAtMs: job.sourceModifiedAtMs,
    insideFolder: false,
    isFolder: job.source.parts?.dir === path
  }
  const known = await inspector.thumbnail(thumbnailToken(file))
  if (known) return known
  const seen = await inspector.look(file)
  return seen.type === 'recognised' && seen.thumbnail ? inspector.thumbnail(seen.thumbnail) : undefined
}

function containerOf(output: string): 'dzi' | 'szi' | 'file' {
  switch (extname(output).toLowerCase()) {
    case '.dzi':
      return 'dzi'
    case '.szi':
      return 'szi'
    default:
      return 'file'
  }
}

/** Of a submission, in order. */
async function allOf(jobs: JobStore, submissionId: string): Promise<StoredJob[]> {
  const all: StoredJob[] = []
  let cursor: string | undefined
  do {
    const page = await jobs.list({ cursor, limit: 5000, submissionId })
    all.push(...page.jobs)
    cursor = page.next
  } while (cursor)
  return all.sort((a, b) => a.sequence - b.sequence)
}
