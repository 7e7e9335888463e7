import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { FakeClock } from '../fake-clock.ts'
import { loadIdentity } from '../identity/index.ts'
import { PinnedAgent } from './pinned-agent.ts'
import { pinnedRequest } from './pinned-request.ts'
import { temporaryFolder } from './temporary-folders.fixture.ts'

/** An agent of a node that got stuck: it takes connections and says nothing. */
async function toTheSilent() {
  const taken: Socket[] = []
  const server = createServer((socket) => taken.push(socket))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const clock = new FakeClock()
  const agent = new PinnedAgent({ identity: await loadIdentity(temporaryFolder()), clock, accept: () => undefined })
  onTestFinished(async () => {
    agent.destroy()
    for (const socket of taken) socket.destroy()
    server.close()
    await once(server, 'close')
  })
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return { agent, clock, address, connected: once(server, 'connection') }
}

it('fails a request whose connection is being made when the link goes', async () => {
  const { agent, address, connected } = await toTheSilent()
  const asked = expect(pinnedRequest(agent, address, { method: 'HEAD', path: '/' })).rejects.toMatchObject({
    code: 'unreachable'
  })
  await connected
  agent.destroy()
  await asked
})

it('fails a request at once that is given up while its connection is being made', async () => {
  const { agent, address, connected } = await toTheSilent()
  const giveUp = new AbortController()
  const asked = pinnedRequest(agent, address, { method: 'HEAD', path: '/', signal: giveUp.signal })
  const failed = expect(asked).rejects.toMatchObject({ name: 'AbortError' })
  await connected
  giveUp.abort()
  await failed
})

it('fails a request whose connection is not made within 5 s', async () => {
  const { agent, clock, address, connected } = await toTheSilent()
  const asked = expect(pinnedRequest(agent, address, { method: 'HEAD', path: '/' })).rejects.toMatchObject({
    code: 'unreachable'
  })
  await connected
  clock.advance(5_000)
  await asked
})
