import type { PeerHandlers } from '../peer-handlers.ts'

/** The worker's side, see worker/. */
export type WorkerSideHandlers = Pick<PeerHandlers, 'offer' | 'cancel' | 'held' | 'settled' | 'pause' | 'resume'>
/** The master's side, see peer-workers.ts. */
export type MasterSideHandlers = Omit<PeerHandlers, keyof WorkerSideHandlers | 'digest'>

/** Both sides as one object for the fleet. */
export function peerHandlers(parts: {
  workerSide: WorkerSideHandlers
  masterSide: MasterSideHandlers
  blobs: { digest(nodeId: string, blobId: string): Promise<{ sha256: string }> }
}): PeerHandlers {
  return {
    ...parts.workerSide,
    ...parts.masterSide,
    digest: ({ blobId }, caller) => parts.blobs.digest(caller.nodeId, blobId)
  }
}
