import type { Readable } from 'node:stream'
import type { AnyRouter } from '@orpc/server'
import type { JobState } from '../shared/domain/jobs.ts'
import type { Kind } from '../shared/domain/profiles.ts'
import type { DispatchApi } from './dispatch/dispatch-api.ts'
import type { KeysApi } from './keys/keys-api.ts'

export type {
  DispatchApi,
  DispatchFigures,
  DispatchJob,
  DispatchState,
  DispatchWish,
  EngineHeartbeat,
  OutsideEngine
} from './dispatch/dispatch-api.ts'
export type { KeysApi } from './keys/keys-api.ts'

/** Where a job's result lies; `container` tells how the viewer's tiles are read. */
export interface ResultFiles {
  kind: Kind
  /** Absolute path of the main file; while it grows of where that will be: beside it the tiles appear that are done. */
  output: string
  container: 'dzi' | 'szi' | 'file'
  /** Only while a Deep Zoom folder is being made on this node: what its descriptor and its sidecar are going to say. */
  growing?: (DeepZoomGeometry & SlideScale) | undefined
}

/** µm per pixel of the full size, and the objective's magnification, as far as the slide says them. */
export interface SlideScale {
  mpp?: number | undefined
  magnification?: number | undefined
}

/** A Deep Zoom image of JPEG tiles. */
export interface DeepZoomGeometry {
  widthPx: number
  heightPx: number
  tileSizePx: number
  overlapPx: number
}

/** All that an HTTP face may know of the engine: no SQLite, no scheduler. */
export interface ServiceApi {
  readonly nodeId: string
  readonly name: string
  /** Of the product. */
  readonly version: string
  /** Jobs by URL, and outside engines. */
  readonly dispatch: DispatchApi
  readonly keys: KeysApi
  /** What metrics are made of; read at every scrape. */
  figures(): Promise<NodeFigures>
  /** Implements the local contract; its context is empty. */
  readonly localRouter: AnyRouter
  /** Appends to an upload at `offset`; `accepted` is false where `offset` is not what is there already. Ends early with the body. */
  receiveUpload(uploadId: string, offset: number, body: Readable): Promise<{ accepted: boolean; received: number }>
  /** JPEG of an inspected item or of a job; undefined where there is none. */
  thumbnail(token: string): Promise<string | undefined>
  jobThumbnail(jobId: string): Promise<string | undefined>
  /** Of a completed job, or of one whose slide can be looked at while it is being made (its `viewable` is `now`). */
  result(jobId: string): Promise<ResultFiles | undefined>
  /** One line per job of the submission. */
  submissionCsv(submissionId: string): Promise<string | undefined>
}

/** A job that ended, as metrics count it; what nobody measured is 0. */
export interface EndedJob {
  kind: Kind
  outcome: 'completed' | 'failed' | 'cancelled'
  /** From its submission to its first try. */
  queuedMs: number
  runMs: number
  transferMs: number
  sourceBytes: number
  resultBytes: number
}

/** The node in figures, for metrics. */
export interface NodeFigures {
  startedAtMs: number
  /** Jobs of all faces by state, kind and the node that ran or runs them (`''`: none yet). */
  jobs: { state: JobState; kind: Kind; node: string; count: number }[]
  workers: { name: string; state: string; slots: number; busy: number }[]
  /** Running converter children. */
  children: number
  /** Since the start of this run, in order of what happened; each is told once per call of `figures` and then forgotten. */
  ended: EndedJob[]
}
