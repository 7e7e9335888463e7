import type { PairInvocation } from '../arguments/index.ts'
import type { Door, LocalClient } from '../node/index.ts'
import { type Output, sentenceOf } from '../output/index.ts'

/** Takes nothing new from now on; with `now` gives back what runs. */
export async function pause({ client, nodeId }: Door, now: boolean, output: Output): Promise<boolean> {
  await client.nodes.pause({ nodeId, now })
  output.event({ event: 'paused', nodeId, now })
  output.line(now ? 'Paused; what ran was given back.' : 'Paused; what runs is finished first.')
  return true
}

export async function resume({ client, nodeId }: Door, output: Output): Promise<boolean> {
  await client.nodes.resume({ nodeId })
  output.event({ event: 'resumed', nodeId })
  output.line('Takes work again.')
  return true
}

/** Removes a node from the lab for ever. */
export async function remove(client: LocalClient, node: string, output: Output): Promise<boolean> {
  const { nodeId } = await client.nodes.remove({ node })
  output.event({ event: 'removed', nodeId })
  output.line(`Removed ${nodeId} from the lab.`)
  return true
}

/** Shows a code until somebody paired or it expired, or types the code that another computer shows; true once paired. */
export async function pair(
  client: LocalClient,
  target: PairInvocation['target'],
  output: Output,
  interrupted: AbortSignal
): Promise<boolean> {
  if (target === 'open')
    return showCode(client, output, interrupted).catch((thrown) => {
      // Interrupted: the code is closed with the call.
      if (interrupted.aborted) return false
      throw thrown
    })
  const { nodeId, name } = await client.pairing.join(target)
  output.event({ event: 'paired', nodeId, name })
  output.line(`Paired with ${name} (${nodeId}).`)
  return true
}

async function showCode(client: LocalClient, output: Output, interrupted: AbortSignal): Promise<boolean> {
  for await (const event of await client.pairing.open(undefined, { signal: interrupted }))
    switch (event.type) {
      case 'code':
        output.event({ event: 'code', code: event.code, expiresAt: new Date(event.expiresAtMs).toISOString() })
        output.line(`Type ${event.code} on a computer of the lab within a minute.`)
        break
      case 'refused':
        output.event({ event: 'refused', error: event.error, triesLeft: event.triesLeft })
        output.line(sentenceOf(event.error))
        break
      case 'paired':
        output.event({ event: 'paired', nodeId: event.nodeId, name: event.name })
        output.line(`Paired with ${event.name} (${event.nodeId}).`)
        return true
      case 'expired':
        output.event({ event: 'expired' })
        output.line('The code expired. Run the command again for a new one.')
        return false
    }
  return false
}
