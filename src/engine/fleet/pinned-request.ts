import { type Agent, type IncomingMessage, request } from 'node:http'
import { pipeline } from 'node:stream'
import { parseAddress } from './address.ts'
import { unreachable } from './fleet-errors.ts'
import type { PeerRequest } from './peer-link.ts'

/** One HTTP exchange over a pinned connection; resolves with the head of the answer. The agent makes the TLS. */
export function pinnedRequest(agent: Agent, address: string, wanted: PeerRequest): Promise<IncomingMessage> {
  const { method, path, headers, body, signal } = wanted
  return new Promise((resolve, reject) => {
    const sent = request({ agent, ...parseAddress(address), method, path, headers, ...(signal && { signal }) }, resolve)
    sent.on('error', (cause) => reject(signal?.aborted ? cause : unreachable(address, cause)))
    if (body)
      pipeline(body, sent, (error) => {
        if (error) reject(error)
      })
    else sent.end()
  })
}
