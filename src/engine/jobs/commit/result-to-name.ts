import type { OnExists } from '../../../shared/domain/jobs.ts'

/** What an existing file is to a submission; sources are never replaced, nor other results of the same drop. */
export type FileClaim = 'source' | 'output' | undefined

/** A whole result in its staging folder, and what to call it. */
export interface ResultToName {
  epoch: number
  stagingDir: string
  destinationDir: string
  /** The source's file name; results take it without its extension. */
  sourceName: string
  /** What results are called instead of that, without an ending. */
  resultName?: string | undefined
  sourcePath: string
  /** Name of the main file in the staging folder. */
  primary: string
  /** `skip` was decided before the work; what is there after all is left, and the result gets a name beside it. */
  onExists: OnExists
  claimOn: (path: string) => Promise<FileClaim>
}

/** One staged file or folder, its final path, and what lies there already. */
export interface Target {
  stagedName: string
  finalPath: string
  existingPath: string | undefined
}
