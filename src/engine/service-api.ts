import type { Readable } from 'node:stream'
import type { AnyRouter } from '@orpc/server'
import type { Kind } from '../shared/domain/profiles.ts'

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
