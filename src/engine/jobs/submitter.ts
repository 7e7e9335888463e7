import { randomUUID } from 'node:crypto'
import { basename, isAbsolute, resolve } from 'node:path'
import type { SubmitInput, Unrecognised } from '../../shared/contract/local.ts'
import type { Source } from '../../shared/domain/jobs.ts'
import {
  acceptsKind,
  type Kind,
  kindOfProfile,
  kinds,
  type Profile,
  parseProfile
} from '../../shared/domain/profiles.ts'
import { type JobError, MicrotomeError, toJobError } from '../../shared/errors.ts'
import type { Clock } from '../clock.ts'
import type { LeaseStore } from '../leases/lease-store.ts'
import type { JobStore, NewJob, StoredJob } from './job-store.ts'

interface FoundFile {
  path: string
  name: string
  sizeBytes: number
  modifiedAtMs: number
  insideFolder: boolean
}

/** What a submission needs of the intake. */
export interface Intake {
  /** Tells what below the path can't be read, and goes on; throws class `input` for the path itself. */
  walk(path: string, onUnreadable: (path: string, error: JobError) => void): AsyncIterable<FoundFile>
  /** The kind that the content says; throws class `input` for what is not recognised. */
  kindOf(file: FoundFile): Promise<Kind>
  /** Throws class `input` where it is not whole, or another job has it. */
  upload(uploadId: string): Promise<FoundFile>
  /** From now on a stored job looks after it. */
  takeUpload(uploadId: string): Promise<void>
}

export interface Submitted {
  submissionId: string
  jobs: StoredJob[]
  refused: Unrecognised[]
}

/** Turns one drop into jobs, durable before it answers. */
export class Submitter {
  readonly #jobs: JobStore
  readonly #leases: LeaseStore
  readonly #intake: Intake
  readonly #clock: Clock

  constructor(parts: { jobs: JobStore; leases: LeaseStore; intake: Intake; clock: Clock }) {
    this.#jobs = parts.jobs
    this.#leases = parts.leases
    this.#intake = parts.intake
    this.#clock = parts.clock
  }

  /**
   * Files named one by one always become jobs or refusals; inside folders, what no profile was given for is left out.
   * Throws class `input` where the destination is not absolute or a profile is wrong. Where nothing becomes a job, there is no
   * submission of that id.
   */
  async submit(input: SubmitInput): Promise<Submitted> {
    const profiles = checkedProfiles(input.profiles)
    const destination = checkedDestination(input.destination)
    const refused: Unrecognised[] = []
    const submissionId = randomUUID()
    const fresh: NewJob[] = []
    for await (const { file, source } of this.#sources(input, refused)) {
      const chosen = await this.#profileFor(file, profiles, refused)
      if (chosen) fresh.push(this.#job(submissionId, file, source, chosen, destination, input))
    }
    if (fresh.length === 0) return { submissionId, jobs: [], refused }
    return { submissionId, jobs: await this.#store(submissionId, destination, input, fresh), refused }
  }

  /** Tasks first: one without a job harms nobody, a job without a task would wait for ever. Uploads last, see their sweep. */
  async #store(id: string, destination: string, input: SubmitInput, fresh: NewJob[]): Promise<StoredJob[]> {
    const { priority, onExists } = input
    const submission = { id, createdAtMs: this.#clock.wallMs(), destination, priority, onExists }
    await this.#leases.add(fresh.map((job) => ({ taskId: job.id, jobId: job.id })))
    const jobs = await this.#jobs.addSubmission(submission, fresh)
    for (const { source } of jobs) if (source.type === 'upload') await this.#intake.takeUpload(source.uploadId)
    return jobs
  }

  async *#sources(input: SubmitInput, refused: Unrecognised[]): AsyncGenerator<{ file: FoundFile; source: Source }> {
    const refuse = (path: string, error: JobError) => refused.push({ path, name: basename(path), error })
    for (const path of input.paths) {
      try {
        for await (const file of this.#intake.walk(resolve(path), refuse))
          yield { file, source: { type: 'file', path: file.path } }
      } catch (thrown) {
        refuse(path, toJobError(thrown))
      }
    }
    for (const uploadId of new Set(input.uploadIds)) {
      try {
        const file = await this.#intake.upload(uploadId)
        yield { file, source: { type: 'upload', path: file.path, uploadId } }
      } catch (thrown) {
        refuse(uploadId, toJobError(thrown))
      }
    }
  }

  async #profileFor(
    file: FoundFile,
    profiles: SubmitInput['profiles'],
    refused: Unrecognised[]
  ): Promise<Profile | undefined> {
    const only = sameForAll(profiles)
    if (only && !file.insideFolder) return only
    try {
      const kind = await this.#intake.kindOf(file)
      const chosen = profiles[kind]
      if (chosen && acceptsKind(chosen.name, kind)) return chosen
      if (!file.insideFolder) throw noProfile(file.name, kind)
    } catch (thrown) {
      refused.push({ path: file.path, name: file.name, error: toJobError(thrown) })
    }
    return undefined
  }

  #job(
    submissionId: string,
    file: FoundFile,
    source: Source,
    profile: Profile,
    destination: string,
    input: SubmitInput
  ): NewJob {
    return {
      id: randomUUID(),
      submissionId,
      source,
      name: file.name,
      kind: kindOfProfile(profile.name),
      sizeBytes: file.sizeBytes,
      sourceModifiedAtMs: file.modifiedAtMs,
      profile,
      sink: { type: 'folder', dir: destination },
      onExists: input.onExists,
      priority: input.priority,
      state: 'queued',
      createdAtMs: this.#clock.wallMs()
    }
  }
}

/** The profile that is meant whatever a file is (the command line's `--to`): then the converter judges the content. */
function sameForAll(profiles: SubmitInput['profiles']): Profile | undefined {
  const given = kinds.map((kind) => profiles[kind])
  const first = given[0]
  const wanted = JSON.stringify(first)
  return first && given.every((one) => JSON.stringify(one) === wanted) ? first : undefined
}

function checkedProfiles(profiles: SubmitInput['profiles']): SubmitInput['profiles'] {
  const checked: SubmitInput['profiles'] = {}
  for (const kind of kinds) {
    const given = profiles[kind]
    if (given) checked[kind] = parseProfile(given.name, given.options)
  }
  if (Object.keys(checked).length > 0) return checked
  throw new MicrotomeError({
    code: 'no-profile',
    class: 'input',
    message: 'The submission names no profile.',
    hint: 'Give one for slides, images or videos.'
  })
}

function checkedDestination(destination: string): string {
  if (isAbsolute(destination)) return resolve(destination)
  throw new MicrotomeError({
    code: 'bad-destination',
    class: 'input',
    message: `The destination "${destination}" is not an absolute path.`,
    hint: 'Name the folder from its root on.'
  })
}

function noProfile(name: string, kind: string): MicrotomeError {
  return new MicrotomeError({
    code: 'no-profile',
    class: 'input',
    message: `"${name}" is ${kind === 'image' ? 'an image' : `a ${kind}`} and no profile for that was chosen.`,
    hint: `Choose a profile for ${kind}s.`
  })
}
