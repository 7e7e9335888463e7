import type { PeerHandlers } from './peer-handlers.ts'

/** Answers of a node that does nothing. */
export const idleHandlers: PeerHandlers = {
  workerStatus: async () => ({ ok: true }),
  offer: async () => ({ accepted: false, reason: 'idle' }),
  cancel: async () => ({ ok: true }),
  held: async () => [],
  settled: async () => ({ ok: true }),
  heartbeat: async () => ({ stale: [] }),
  finished: async () => ({ verdict: 'ok' }),
  delivered: async () => ({ verdict: 'ok' }),
  failed: async () => ({ verdict: 'ok' }),
  released: async () => ({ verdict: 'ok' }),
  digest: async ({ blobId }) => ({ sha256: blobId }),
  pause: async () => ({ ok: true }),
  resume: async () => ({ ok: true })
}
