import { atFolder } from './at-folder.ts'
import { type Door, openDoor } from './door.ts'
import { startNode } from './own-node.ts'

/** A node to work with for the length of one call. */
export interface NodeForCall {
  door: Door
  /** Ends the connection, and the node too if this call started it. */
  close(): Promise<void>
}

/**
 * The running node of a data folder, or one started in this process for this call. That one takes any free port and stays
 * silent on the network, but keeps in touch with the lab's nodes by the addresses it knows.
 */
export function openOrStart(dataDir: string): Promise<NodeForCall> {
  return atFolder<NodeForCall>(
    dataDir,
    (door) => ({ door, close: async () => door.close() }),
    () => startForCall(dataDir)
  )
}

async function startForCall(dataDir: string): Promise<NodeForCall> {
  const overrides = { port: 0, uiPort: 0, interface: 'none' }
  const node = await startNode({ dataDir, overrides, terminal: false })
  const door = await openDoor(dataDir)
  if (!door) throw new Error(`The node just started on ${dataDir} does not answer.`)
  return {
    door,
    async close() {
      door.close()
      await node.close()
    }
  }
}
