import { connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** A TCP relay in front of a port, which can stall (accept and say nothing on), and cut what runs. */
export async function startRelay(firstTarget: number) {
  let targetPort = firstTarget
  const pairs = new Set<[Socket, Socket]>()
  let stalled = false
  const server = createServer((near) => {
    const far = connect(targetPort, '127.0.0.1')
    const pair: [Socket, Socket] = [near, far]
    pairs.add(pair)
    for (const [from, to] of [pair, [far, near] as const]) {
      from.on('data', (chunk) => {
        if (!stalled) to.write(chunk)
      })
      from.on('error', () => to.destroy())
      from.on('close', () => {
        pairs.delete(pair)
        if (!stalled) to.destroy()
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const cut = () => {
    for (const sockets of pairs) for (const socket of sockets) socket.destroy()
  }
  onTestFinished(async () => {
    stalled = false
    cut()
    await new Promise((resolve) => server.close(resolve))
  })
  const address = server.address()
  if (!address || typeof address === 'string') throw new Error('the relay does not listen')
  return {
    port: address.port,
    address: `127.0.0.1:${address.port}`,
    /** From now on nothing passes, and neither side hears of an end. */
    stall: () => {
      stalled = true
    },
    cut,
    /** Where new connections go from now on. */
    retarget: (port: number) => {
      targetPort = port
    }
  }
}
