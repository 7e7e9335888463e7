import type { ServeInvocation } from '../arguments/index.ts'
import { startNode } from '../node/index.ts'
import type { Output } from '../output/index.ts'

/** Runs the node until it is interrupted, shut down over its door, or (supervised) its parent is gone. */
export async function serve(invocation: ServeInvocation, output: Output, interrupted: AbortSignal): Promise<boolean> {
  const { dataDir, overrides, configFile } = invocation
  const node = await startNode({ dataDir, overrides, configFile, terminal: !invocation.supervised })
  output.event({ event: 'ready', nodeId: node.nodeId, name: node.name, peerPort: node.peerPort, uiUrl: node.uiUrl })
  output.line(`${node.name} is ready: ${node.uiUrl}`)
  output.line(`Other computers reach it on port ${node.peerPort}. Ctrl-C ends it.`)
  await Promise.race([askedToEnd(interrupted, invocation.supervised), node.closed])
  await node.close()
  return true
}

function askedToEnd(interrupted: AbortSignal, supervised: boolean): Promise<void> {
  return new Promise((resolve) => {
    // A parent that died while we started has closed the channel already.
    if (interrupted.aborted || (supervised && !process.connected)) resolve()
    interrupted.addEventListener('abort', () => resolve(), { once: true })
    if (supervised) process.once('disconnect', resolve)
  })
}
