import { once } from 'node:events'
import { createServer } from 'node:https'
import { onTestFinished } from 'vitest'
import { loadIdentity } from '../../identity/index.ts'

/** The port of a TLS server on loopback whose certificate is its own; its key lies in `dataDir`. */
export async function secureServer(dataDir: string): Promise<number> {
  const { privateKeyPem, certificatePem } = await loadIdentity(dataDir)
  const server = createServer({ key: privateKeyPem, cert: certificatePem }, (_request, response) => response.end('x'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}
