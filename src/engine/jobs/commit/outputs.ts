import { constants } from 'node:fs'

import { MicrotomeError } from '../../../shared/errors.ts'
import type { CommitJournal, JobStore, StoredJob } from '../job-store.ts'
import type { CommitPlace } from './commit-place.ts'
import { systemCode } from './file-errors.ts'
import { knownResultOf, partPaths, sameResult } from './known-output.ts'
import { NameReservations } from './name-reservations.ts'
import { planCommit } from './plan-commit.ts'
import { commit } from './run-commit.ts'
import { createStaging, discardStaging, stagingDirOf, sweepStaging } from './staging.ts'

/** What {@link JobOutputs} is made of. */
export interface OutputParts extends CommitPlace {
  jobs: Pick<JobStore, 'resultsOf' | 'recordResult' | 'claimOn'>
  /** Tells this node's staging folders from those of others in a shared destination: letters and digits. */
  owner: string
  /** Room that the result of a job will take, roughly. */
  needBytes: (job: StoredJob) => number
  /** Called once when the job of an upload is completed. */
  dropUpload: (uploadId: string) => Promise<void>
}

/** Where jobs' results are made and how they get to their place: the steps of this folder, by job. */
export class JobOutputs {
  readonly #parts: OutputParts
  readonly #reservations = new NameReservations()

  constructor(parts: OutputParts) {
    this.#parts = parts
  }

  stagingDirOf(job: StoredJob, epoch: number): string {
    return stagingDirOf(job.sink.dir, { owner: this.#parts.owner, jobId: job.id, epoch })
  }

  /**
   * Makes the staging folder, of what an earlier run left under `leftEpoch` where that is given. Throws class `input`:
   * `source-gone`, `source-not-readable`, `destination-not-writable`, `disk-full`.
   */
  async stage(job: StoredJob, epoch: number, leftEpoch?: number): Promise<string> {
    // That of a URL is fetched when its staging folder is there.
    if (job.source.type !== 'url') await this.#checkSource(job)
    const id = { owner: this.#parts.owner, jobId: job.id, epoch }
    return createStaging(this.#parts, job.sink.dir, id, this.#parts.needBytes(job), leftEpoch)
  }

  async discard(job: StoredJob, epoch: number): Promise<void> {
    const stagingDir = this.stagingDirOf(job, epoch)
    this.#reservations.release(stagingDir)
    await discardStaging(this.#parts, stagingDir)
  }

  /** Decides the final names, see `planCommit`; they stay reserved until `discard`. */
  plan(job: StoredJob, epoch: number, { primary }: { primary: string }): Promise<CommitJournal> {
    return planCommit(this.#parts, this.#reservations, {
      epoch,
      stagingDir: this.stagingDirOf(job, epoch),
      destinationDir: job.sink.dir,
      sourceName: job.name,
      resultName: job.sink.name,
      sourcePath: job.source.path,
      primary,
      onExists: job.onExists,
      claimOn: (path) => this.#parts.jobs.claimOn(path, job.submissionId)
    })
  }

  /**
   * May be repeated after a crash at any point, see `commit`. The staging folder is gone before anybody hears that the job is
   * completed; where something holds on to it, `discard` tries again and tells.
   */
  async commit(_job: StoredJob, journal: CommitJournal): Promise<void> {
    await commit(this.#parts, journal)
    await discardStaging(this.#parts, journal.stagingDir).catch(() => undefined)
  }

  sameResult(job: StoredJob): Promise<string | undefined> {
    return sameResult(this.#parts, this.#parts.jobs, job)
  }

  /** Remembers what made the output, and lets go of an upload. */
  async completed(job: StoredJob): Promise<void> {
    const known = job.skipped ? undefined : await knownResultOf(this.#parts, job)
    if (known && job.source.type === 'file') await this.#parts.jobs.recordResult(known)
    if (job.source.type === 'upload') await this.#parts.dropUpload(job.source.uploadId)
  }

  /** Removes what crashes left in a destination, but for the leases that `keep` names; asked once its folders are known. */
  sweep(destinationDir: string, keep: () => readonly { jobId: string; epoch: number }[]): Promise<void> {
    return sweepStaging(this.#parts, destinationDir, this.#parts.owner, keep)
  }

  async #checkSource({ source, name }: StoredJob): Promise<void> {
    try {
      await this.#parts.files.access(source.path, constants.R_OK)
      for (const path of partPaths(source)) await this.#parts.files.access(path, constants.R_OK)
    } catch (thrown) {
      const isGone = systemCode(thrown) === 'ENOENT' || systemCode(thrown) === 'ENOTDIR'
      throw new MicrotomeError(
        {
          code: isGone ? 'source-gone' : 'source-not-readable',
          class: 'input',
          message: isGone ? `${name} is no longer where it was, or not all of it.` : `${name} can't be read.`,
          hint: isGone ? 'Put the file back or drop it from its new place.' : 'Check that you may read the file.'
        },
        { cause: thrown }
      )
    }
  }
}
