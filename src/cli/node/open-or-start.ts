import { setTimeout as delay } from 'node:timers/promises'
import { MicrotomeError } from '../../shared/errors.ts'
import { type Door, openDoor } from './door.ts'
import { startNode } from './own-node.ts'

/** A node to work with for the length of one call. */
export interface NodeForCall {
  door: Door
  /** Ends the connection, and the node too if this call started it. */
  close(): Promise<void>
}

/** A node that is just starting or ending holds the folder without answering. */
const patienceMs = 15_000

/**
 * The running node of a data folder, or one started in this process for this call. That one takes any free port and stays
 * silent on the network, but keeps in touch with the lab's nodes by the addresses it knows.
 */
export async function openOrStart(dataDir: string): Promise<NodeForCall> {
  const deadlineMs = performance.now() + patienceMs
  for (;;) {
    const door = await openDoor(dataDir)
    if (door) return { door, close: async () => door.close() }
    try {
      return await startForCall(dataDir)
    } catch (thrown) {
      if (!isHeld(thrown)) throw thrown
      if (performance.now() > deadlineMs) throw held(dataDir, thrown)
    }
    await delay(200)
  }
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

const isHeld = (thrown: unknown) => thrown instanceof MicrotomeError && thrown.code === 'already-running'

function held(dataDir: string, cause: unknown): MicrotomeError {
  return new MicrotomeError(
    {
      code: 'not-answering',
      class: 'transport',
      message: `Another process holds the data folder ${dataDir} and does not answer.`,
      hint: 'Wait for it, end it, or choose another folder with --data.'
    },
    { cause }
  )
}
