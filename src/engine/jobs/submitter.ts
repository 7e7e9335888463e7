import { randomUUID } from 'node:crypto'
import { basename, isAbsolute, resolve } from 'node:path'
import type { SubmitInput, Unrecognised } from '../../shared/contract/local.ts'
import type { SlideFacts, Source, SourceParts } from '../../shared/domain/jobs.ts'
import { nameFrom, plainNamePattern } from '../../shared/domain/name-pattern.ts'
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
  parts?: SourceParts | undefined
}

/** What a look at a source says; `file` knows its parts, and its size is theirs together. */
export interface Looked {
  kind: Kind
  file: FoundFile
  slide?: SlideFacts | undefined
}

/** What a submission needs of the intake. */
export interface Intake {
  /** The paths of a drop without those that are parts of another one. */
  separate(paths: readonly string[]): Promise<string[]>
  /** Tells what below the path can't be read, and goes on; throws class `input` for the path itself. */
  walk(path: string, onUnreadable: (path: string, error: JobError) => void): AsyncIterable<FoundFile>
  /** What the content says; throws class `input` for what is not recognised. */
  look(file: FoundFile): Promise<Looked>
  /** 12 hex digits that the source's content gives, for names that tell nothing; see docs/decisions/0012. */
  hash(file: FoundFile): Promise<string>
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
  readonly #namePattern: () => string

  constructor(parts: {
    jobs: JobStore
    leases: LeaseStore
    intake: Intake
    clock: Clock
    /** Of this node, for a submission that brings none. */
    namePattern: () => string
  }) {
    this.#jobs = parts.jobs
    this.#leases = parts.leases
    this.#intake = parts.intake
    this.#clock = parts.clock
    this.#namePattern = parts.namePattern
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
    const pattern = input.namePattern ?? this.#namePattern()
    const chosen: Chosen[] = []
    for await (const found of this.#sources(input, refused)) {
      const one = await this.#choose(found, profiles, pattern, refused)
      if (one) chosen.push(one)
    }
    if (chosen.length === 0) return { submissionId, jobs: [], refused }
    const fresh = chosen.map((one, i) => {
      const name = resultName(pattern, one, i + 1, chosen.length)
      return this.#job(submissionId, one, { dir: destination, name }, input)
    })
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

  async *#sources(input: SubmitInput, refused: Unrecognised[]): AsyncGenerator<Found> {
    const refuse = (path: string, error: JobError) => refused.push({ path, name: basename(path), error })
    for (const path of await this.#intake.separate(input.paths)) {
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

  async #choose(
    found: Found,
    profiles: SubmitInput['profiles'],
    pattern: string,
    refused: Unrecognised[]
  ): Promise<Chosen | undefined> {
    const { file } = found
    const only = file.insideFolder ? undefined : sameForAll(profiles)
    const hash = async (one: FoundFile) => (pattern.includes('{hash}') ? await this.#intake.hash(one) : '')
    try {
      if (only) return { ...(await this.#trusting(found, only)), profile: only, hash: await hash(file) }
      const looked = await this.#intake.look(file)
      const profile = profiles[looked.kind]
      if (profile && acceptsKind(profile.name, looked.kind))
        return { ...seen(found, looked), profile, hash: await hash(looked.file) }
      if (!file.insideFolder) throw noProfile(file.name, looked.kind)
    } catch (thrown) {
      refused.push({ path: file.path, name: file.name, error: toJobError(thrown) })
    }
    return undefined
  }

  /** The converter judges what it is; but of a slide more is to be known than that, and what it lacks is said before it starts. */
  async #trusting(found: Found, only: Profile): Promise<Found> {
    if (kindOfProfile(only.name) !== 'slide') return found
    try {
      return seen(found, await this.#intake.look(found.file))
    } catch (thrown) {
      if (toJobError(thrown).code === 'missing-part') throw thrown
      return found
    }
  }

  #job(
    submissionId: string,
    { file, source, profile }: Chosen,
    { dir, name }: { dir: string; name: string | undefined },
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
      sink: { type: 'folder', dir, ...(name !== undefined && { name }) },
      onExists: input.onExists,
      priority: input.priority,
      state: 'queued',
      createdAtMs: this.#clock.wallMs()
    }
  }
}

interface Found {
  file: FoundFile
  source: Source
}

type Chosen = Found & { profile: Profile; hash: string }

/** With what the look told of its parts and its slide, so that nobody has to look again. */
function seen({ source }: Found, { file, slide }: Looked): Found {
  const { parts } = file
  return { file, source: { ...source, ...(parts && { parts }), ...(slide && { slide }) } }
}

/** Undefined for the pattern that leaves results the names of their sources. */
function resultName(pattern: string, { file, hash }: Chosen, index: number, total: number): string | undefined {
  return pattern === plainNamePattern ? undefined : nameFrom(pattern, { sourceName: file.name, index, total, hash })
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
