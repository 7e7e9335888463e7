export type { CommitFiles, CommitPlace } from './commit-place.ts'
export { JobOutputs, type OutputParts } from './outputs.ts'
