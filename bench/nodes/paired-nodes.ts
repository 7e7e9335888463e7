import type { Door } from '../../src/cli/node/index.ts'
import type { Bench } from '../bench.ts'
import { doorOf, type RunningNode, startNode } from './running-node.ts'

/** Two nodes that trust each other: the master lends everything to the worker. */
export interface PairedNodes {
  master: RunningNode
  worker: RunningNode
  /** The master's. */
  door: Door
}

/** Starts both and pairs them as people do: the code shown on one is typed on the other. */
export async function startPair(bench: Bench): Promise<PairedNodes> {
  const master = await startNode(bench, bench.folder(), '--no-local-work')
  const worker = await startNode(bench, bench.folder())
  const door = await doorOf(bench, master)
  const shown = await doorOf(bench, worker)
  for await (const event of await shown.client.pairing.open()) {
    if (event.type === 'code') await door.client.pairing.join({ address: worker.peerAddress, code: event.code })
    if (event.type === 'expired') throw new Error('the code was not taken in time')
  }
  await isIdle(door, worker.nodeId)
  return { master, worker, door }
}

async function isIdle({ client }: Door, nodeId: string): Promise<void> {
  for await (const event of await client.events())
    if (event.type === 'nodes' && event.nodes.some((node) => node.nodeId === nodeId && node.state === 'idle')) return
}
