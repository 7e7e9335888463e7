import { connect, createServer, type TLSSocket } from 'node:tls'
import { onTestFinished } from 'vitest'
import type { Identity } from '../identity/index.ts'

/** The man in the middle: ends TLS with a key of its own and passes the plain text on, reading along. */
export async function startTlsRelay(identity: Identity, targetPort: number) {
  const credentials = { key: identity.privateKeyPem, cert: identity.certificatePem, rejectUnauthorized: false }
  const sockets = new Set<TLSSocket>()
  const overheard: string[] = []
  const { promise: refused, resolve } = Promise.withResolvers<void>()
  const hold = (socket: TLSSocket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => sockets.delete(socket))
    return socket
  }
  const server = createServer({ ...credentials, requestCert: true }, (near) => {
    const far = hold(connect({ ...credentials, host: '127.0.0.1', port: targetPort }))
    for (const [from, to] of [[hold(near), far] as const, [far, near] as const]) {
      from.on('data', (chunk) => {
        overheard.push(chunk.toString('latin1'))
        to.write(chunk)
      })
      from.on('close', () => to.destroy())
    }
  })
  server.on('connection', (socket) => socket.once('close', () => resolve()))
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((closed) => server.close(closed))
  })
  const address = server.address()
  if (!address || typeof address === 'string') throw new Error('the relay does not listen')
  /** `refused`: somebody came and went. */
  return { address: `127.0.0.1:${address.port}`, overheard, refused }
}
