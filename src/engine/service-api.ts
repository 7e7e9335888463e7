import type { Readable } from 'node:stream'
import type { AnyRouter } from '@orpc/server'
import type { Kind } from '../shared/domain/profiles.ts'

/** Where a completed job's result lies; `container` tells how the viewer's tiles are read. */
export interface ResultFiles {
  kind: Kind
  /** Absolute path of the main file. */
  output: string
  container: 'dzi' | 'szi' | 'file'
}

/** All that an HTTP face may know of the engine: no SQLite, no scheduler. */
export interface ServiceApi {
  readonly nodeId: string
  readonly name: string
  /** Implements the local contract; its context is empty. */
  readonly localRouter: AnyRouter
  /** Appends to an upload at `offset`; `accepted` is false where `offset` is not what is there already. Ends early with the body. */
  receiveUpload(uploadId: string, offset: number, body: Readable): Promise<{ accepted: boolean; received: number }>
  /** JPEG of an inspected item or of a job; undefined where there is none. */
  thumbnail(token: string): Promise<string | undefined>
  jobThumbnail(jobId: string): Promise<string | undefined>
  result(jobId: string): Promise<ResultFiles | undefined>
  /** One line per job of the submission. */
  submissionCsv(submissionId: string): Promise<string | undefined>
}
