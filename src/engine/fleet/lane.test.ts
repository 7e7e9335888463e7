import { once } from 'node:events'
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/websocket'
import type { ContractRouterClient } from '@orpc/contract'
import { implement } from '@orpc/server'
import { RPCHandler } from '@orpc/server/ws'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { type PairingContract, pairingContract } from '../../shared/contract/pairing.ts'
import { splitIntoLanes } from './lane.ts'

const os = implement(pairingContract)
const handler = new RPCHandler({
  start: os.start.handler(() => ({ salt: 'salt', serverPublic: 'public' })),
  prove: os.prove.handler(({ input }) => ({ serverProof: input.clientProof, name: 'n' })),
  join: os.join.handler(({ input }) => input)
})

/** Both ends of a real WebSocket, each serving and calling. */
async function connectEnds() {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await once(server, 'listening')
  const address = server.address()
  if (!address || typeof address === 'string') throw new Error('no port')
  const accepted = once(server, 'connection')
  const near = new WebSocket(`ws://127.0.0.1:${address.port}`)
  const [far] = (await Promise.all([accepted, once(near, 'open')]))[0] as [WebSocket]
  onTestFinished(async () => {
    for (const socket of [near, far]) socket.terminate()
    await new Promise((resolve) => server.close(resolve))
  })
  return { near, far }
}

function end(socket: WebSocket) {
  const broken: string[] = []
  const lanes = splitIntoLanes(socket, (reason) => broken.push(reason))
  void handler.upgrade(lanes.serving, { context: {} })
  const client: ContractRouterClient<PairingContract> = createORPCClient(new RPCLink({ websocket: lanes.calling }))
  return { client, broken }
}

describe('lanes', () => {
  it('carry calls both ways at once', async () => {
    const { near, far } = await connectEnds()
    const [a, b] = [end(near), end(far)]
    const prove = (proof: string) => ({ clientPublic: 'x', clientProof: proof })
    const answers = await Promise.all([
      a.client.prove(prove('1')),
      b.client.prove(prove('2')),
      a.client.start(),
      b.client.prove(prove('3'))
    ])
    expect(answers.map((answer) => ('serverProof' in answer ? answer.serverProof : answer.salt))).toEqual([
      '1',
      '2',
      'salt',
      '3'
    ])
    expect([a.broken, b.broken]).toEqual([[], []])
  })

  it('fail the calls under way when the socket goes', async () => {
    const { near, far } = await connectEnds()
    const a = end(near) // and nobody answers
    const call = expect(a.client.start()).rejects.toThrow()
    far.terminate()
    await call
  })

  it('survive whatever is sent, and still answer', async () => {
    const { near, far } = await connectEnds()
    const { client, broken } = end(near)
    const answering = end(far)
    const json = fc.oneof(
      fc.json(),
      fc
        .record(
          { i: fc.constantFrom('0', '1', 2), t: fc.constantFrom(1, 2, 3, 4, 9), p: fc.anything() },
          { requiredKeys: [] }
        )
        .map((value) => JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? 0 : v))),
      fc
        .record({
          i: fc.constantFrom('0', '7'),
          p: fc.record(
            {
              s: fc.constantFrom(200, 500, 'x'),
              h: fc.constantFrom(1, { 'content-type': 5 }, { 'content-disposition': 'x' }),
              b: fc.jsonValue(),
              u: fc.constantFrom('/start', '//', 'x', '/prove?data=1'),
              m: fc.constantFrom('POST', 'GET')
            },
            { requiredKeys: [] }
          )
        })
        .map((value) => JSON.stringify(value))
    )
    const message = fc.oneof(
      fc.string(),
      fc.tuple(fc.constantFrom('<', '>'), json).map(([lane, text]) => lane + text)
    )
    await fc.assert(
      fc.asyncProperty(message, async (text) => {
        far.send(text)
      }),
      { numRuns: 500 }
    )
    far.send(Buffer.from([1, 2, 3]))
    // Only then all of it has arrived: a made-up answer that comes while a call is under way is its answer.
    await vi.waitFor(() => expect(broken).toContain('a binary message'))
    expect(await client.start()).toEqual({ salt: 'salt', serverPublic: 'public' })
    expect(await answering.client.start()).toEqual({ salt: 'salt', serverPublic: 'public' })
  })
})
