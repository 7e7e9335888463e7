export { peerHandlers } from './combine-handlers.ts'
export type { PeerParts } from './peer-parts.ts'
export type { PeerWorker } from './peer-worker.ts'
export { PeerWorkers } from './peer-workers.ts'
