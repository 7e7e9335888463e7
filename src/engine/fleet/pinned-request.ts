import { type Agent, type IncomingMessage, request } from 'node:http'
import { pipeline } from 'node:stream'
import { parseAddress } from './address.ts'
import { unreachable } from './fleet-errors.ts'
import type { PeerRequest } from './peer-link.ts'

/**
 * One HTTP exchange over a pinned connection; resolves with the head of the answer. The agent makes the TLS. An aborted `signal`
 * rejects at once: Node's own request would first wait for its connection.
 */
export function pinnedRequest(agent: Agent, address: string, wanted: PeerRequest): Promise<IncomingMessage> {
  const { method, path, headers, body, signal } = wanted
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const giveUp = () => reject(signal?.reason)
    const sent = request({ agent, ...parseAddress(address), method, path, headers, ...(signal && { signal }) }, resolve)
    sent.on('error', (cause) => reject(signal?.aborted ? cause : unreachable(address, cause)))
    sent.once('close', () => signal?.removeEventListener('abort', giveUp))
    signal?.addEventListener('abort', giveUp)
    if (body)
      pipeline(body, sent, (error) => {
        if (error) reject(error)
      })
    else sent.end()
  })
}
