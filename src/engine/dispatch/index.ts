export { Dispatch } from './dispatch.ts'
export type { DispatchApi } from './dispatch-api.ts'
export type { DispatchParts } from './dispatch-parts.ts'
export type { DispatchRecord, DispatchStore, JobMove, KeptEngine, Lending } from './dispatch-store.ts'
