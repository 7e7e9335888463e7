import type { PeerLink } from '../peer-link.ts'
import type { MasterSideHandlers } from './combine-handlers.ts'
import type { PeerParts } from './peer-parts.ts'
import { PeerWorker } from './peer-worker.ts'

/** The paired nodes' workers of this master, and the master's side of the peer door. */
export class PeerWorkers {
  readonly #parts: PeerParts
  readonly #workers = new Map<string, PeerWorker>()

  constructor(parts: PeerParts) {
    this.#parts = parts
  }

  /** Handlers of the peer contract that a master serves; the caller is known by its key. */
  readonly handlers: MasterSideHandlers = {
    workerStatus: async (status, { nodeId }) => {
      if (this.#workers.get(nodeId)?.setStatus(status)) this.#parts.desk.workerChanged(nodeId)
      return { ok: true }
    },
    heartbeat: async ({ leases }, { nodeId }) => {
      const worker = this.#workers.get(nodeId)
      const orphaned = leases.filter((lease) => worker?.waitsInVain(lease))
      for (const { taskId, epoch } of orphaned)
        await this.#parts.desk.released(
          nodeId,
          { taskId, epoch },
          'This computer was restarted before the file was sent.'
        )
      const stale = await this.#parts.desk.heartbeat(nodeId, leases)
      for (const fencing of stale) await worker?.forget(fencing)
      return { stale }
    },
    finished: async ({ result, ...fencing }, { nodeId }) =>
      (await this.#workers.get(nodeId)?.finished(fencing, result)) ?? { verdict: 'stale' },
    delivered: async ({ sha256, ...fencing }, { nodeId }) => ({
      verdict: (await this.#workers.get(nodeId)?.delivered(fencing, sha256)) ?? 'stale'
    }),
    failed: async ({ error, ...fencing }, { nodeId }) => {
      await this.#workers.get(nodeId)?.forget(fencing)
      return { verdict: await this.#parts.desk.failed(nodeId, fencing, error) }
    },
    released: async ({ reason, ...fencing }, { nodeId }) => {
      await this.#workers.get(nodeId)?.forget(fencing)
      return { verdict: await this.#parts.desk.released(nodeId, fencing, reason) }
    }
  }

  /** A port for each node that was linked since the start; those that are away have no status. */
  ports(): PeerWorker[] {
    return [...this.#workers.values()]
  }

  /** Call before any call of the link is answered. Answers the port, the same one for a node that comes back. */
  linkUp(link: PeerLink): PeerWorker {
    const worker = this.#workers.get(link.nodeId) ?? new PeerWorker(this.#parts, link.nodeId, link.name)
    this.#workers.set(link.nodeId, worker)
    worker.linkUp(link)
    return worker
  }

  /** The node's last link is gone. */
  linkDown(nodeId: string): void {
    this.#workers.get(nodeId)?.linkDown()
    this.#parts.desk.workerChanged(nodeId)
  }

  /** The node left the lab. */
  async remove(nodeId: string): Promise<void> {
    const worker = this.#workers.get(nodeId)
    this.#workers.delete(nodeId)
    await worker?.close()
  }

  async close(): Promise<void> {
    await Promise.all(this.ports().map((worker) => worker.close()))
  }
}
