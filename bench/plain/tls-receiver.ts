import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createServer } from 'node:tls'
import { loadIdentity } from '../../src/engine/identity/index.ts'

/*
 * The receiving half of a plain TLS 1.3 socket pair: `node tls-receiver.ts DATA_DIR FILE`. Says two ports: what comes in at the first is
 * dropped, at the second it is written to FILE. Each connection is closed when all of it is there.
 */
const [dataDir = '', file = ''] = process.argv.slice(2)
const { privateKeyPem: key, certificatePem: cert } = await loadIdentity(dataDir)

async function listen(sink: () => Writable): Promise<number> {
  const server = createServer({ key, cert, minVersion: 'TLSv1.3', allowHalfOpen: true }, async (socket) => {
    // Only the reading half: the socket stays open to say that all was written.
    await pipeline(socket.iterator({ destroyOnReturn: false }), sink())
    socket.end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

const nothing = () => new Writable({ write: (_chunk, _encoding, done) => done() })
const ports = [await listen(nothing), await listen(() => createWriteStream(file, { highWaterMark: 4 * 2 ** 20 }))]
process.stdout.write(`${JSON.stringify(ports)}\n`)
