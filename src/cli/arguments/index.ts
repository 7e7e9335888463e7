export type {
  BackupInvocation,
  Conversion,
  ConvertInvocation,
  DispatchInvocation,
  Invocation,
  JobEdit,
  JobEditInvocation,
  KeysAction,
  KeysInvocation,
  PairInvocation,
  ServeInvocation,
  SubmitInvocation
} from './invocation.ts'
export { parseArguments, usageOf } from './parse-arguments.ts'
export { manual } from './usage.ts'
export { UsageError } from './usage-error.ts'
