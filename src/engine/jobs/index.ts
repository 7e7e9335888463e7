export { type CommitFiles, type CommitPlace, JobOutputs, type OutputParts } from './commit/index.ts'
export { type Edited, Edits } from './edits.ts'
export { growingGeometry } from './growing.ts'
export type {
  CommitJournal,
  DispatchFacts,
  JobChange,
  JobStore,
  KnownResult,
  NewJob,
  NewSubmission,
  StoredJob
} from './job-store.ts'
export { jobView } from './job-view.ts'
export { assertMayMove } from './machine.ts'
export { type Intake, type Submitted, Submitter } from './submitter.ts'
