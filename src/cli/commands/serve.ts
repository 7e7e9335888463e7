import { systemClock } from '../../engine/clock.ts'
import { MicrotomeError } from '../../shared/errors.ts'
import type { ServeInvocation } from '../arguments/index.ts'
import { type OwnNode, startNode } from '../node/index.ts'
import type { Output } from '../output/index.ts'
import { NodeFault } from './node-fault.ts'

/** Runs the node until it is interrupted, shut down over its door, or (supervised) its parent is gone. */
export async function serve(invocation: ServeInvocation, output: Output, interrupted: AbortSignal): Promise<boolean> {
  const { dataDir, overrides, configFile, servicesFile, listen, serviceSettings, supervised } = invocation
  const faces = { file: servicesFile, listen, settings: serviceSettings, isSupervised: supervised }
  const node = await startNode({ dataDir, overrides, configFile, faces, terminal: !supervised })
  const fault = new NodeFault({
    node,
    clock: systemClock,
    exit: (code) => process.exit(code),
    say: (text) => process.stderr.write(text)
  })
  process.on('uncaughtException', fault.caught)
  await checkNeeded(node, invocation.needs)
  announce(node, output)
  await Promise.race([askedToEnd(interrupted, supervised), node.closed])
  await node.close()
  return !fault.happened
}

/** Ends a node whose only purpose did not start, with the reason. */
async function checkNeeded(node: OwnNode, needs: string | undefined): Promise<void> {
  const failed = node.failed.find(({ name }) => name === needs)
  if (!failed) return
  await node.close()
  const { name, reason, hint } = failed
  throw new MicrotomeError({
    code: 'service-failed',
    class: 'input',
    message: `The service ${name} could not start: ${reason}`,
    hint
  })
}

function announce({ nodeId, name, peerPort, uiUrl, services, failed }: OwnNode, output: Output): void {
  output.event({ event: 'ready', nodeId, name, peerPort, uiUrl, ...(services.length > 0 && { services }) })
  output.line(`${name} is ready: ${uiUrl}`)
  for (const service of services)
    if (!failed.some(({ name }) => name === service.name))
      output.line(`The service ${service.name} answers at ${service.url}`)
  for (const { name, reason, hint = '' } of failed)
    output.line(`The service ${name} does not run: ${reason} ${hint}`.trimEnd())
  output.line(`Other computers reach it on port ${peerPort}. Ctrl-C ends it.`)
}

function askedToEnd(interrupted: AbortSignal, supervised: boolean): Promise<void> {
  return new Promise((resolve) => {
    // A parent that died while we started has closed the channel already.
    if (interrupted.aborted || (supervised && !process.connected)) resolve()
    interrupted.addEventListener('abort', () => resolve(), { once: true })
    if (supervised) process.once('disconnect', resolve)
  })
}
