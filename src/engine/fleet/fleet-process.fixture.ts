import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { systemClock } from '../clock.ts'
import { loadIdentity } from '../identity/index.ts'
import { Fleet } from './fleet.ts'
import { idleHandlers } from './idle-handlers.fixture.ts'

/*
 * A fleet in a process of its own. Commands come as lines of JSON on stdin, events go as lines of JSON to stdout. After
 * `close` nothing ends the process: it ends because nothing is left open.
 */
const { values } = parseArgs({
  options: { data: { type: 'string' }, name: { type: 'string' }, peer: { type: 'string', multiple: true } }
})
const { data = '', name = '' } = values
const identity = await loadIdentity(data)
const tell = (event: object) => process.stdout.write(`${JSON.stringify(event)}\n`)
const silent = () => undefined
const fleet = await Fleet.start({
  dataDir: data,
  identity,
  name,
  version: '0.0.0',
  settings: { host: '127.0.0.1', port: 0, peers: values.peer ?? [], interface: 'none' },
  clock: systemClock,
  log: { debug: silent, info: silent, warn: silent },
  handlers: idleHandlers,
  onHttp: (_, response) => void response.end(name),
  discover: () => ({ nearby: () => [], close: async () => undefined })
})
fleet.on('link', (link) => tell({ event: 'link', name: link.name }))
fleet.on('link-lost', (link) => tell({ event: 'link-lost', name: link.name }))
fleet.on('removed', ({ byNodeId }) => tell({ event: 'removed', byNodeId }))
tell({ event: 'ready', nodeId: identity.nodeId, address: `127.0.0.1:${fleet.port}` })

const commands: Record<string, (argument: string[]) => Promise<unknown>> = {
  open: async () => (await fleet.openPairing().next()).value,
  join: ([address = '', code = '']) => fleet.joinPeer(address, code),
  remove: ([nodeId = '']) => fleet.remove(nodeId),
  ask: async ([nodeId = '']) =>
    fleet
      .links()
      .find((link) => link.nodeId === nodeId)
      ?.client.digest({ blobId: 'x' }),
  members: async () => fleet.members().map((member) => member.name),
  close: async () => {
    process.stdin.destroy() // else the pipe keeps the process
    await fleet.close()
  }
}
const input = createInterface(process.stdin)
input.on('line', async (line) => {
  const [command, ...argument]: string[] = JSON.parse(line)
  const answer = await commands[command ?? '']?.(argument).catch((error: unknown) => ({ error: String(error) }))
  tell({ event: 'answer', answer: answer ?? null })
})
