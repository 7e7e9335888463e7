import http, { type IncomingMessage, type OutgoingHttpHeaders } from 'node:http'
import https from 'node:https'
import type { Readable } from 'node:stream'
import { checkedAddresses, pinnedLookup } from './resolve-host.ts'
import type { TimeLimits } from './time-limits.ts'
import { redirected } from './url-policy.ts'
import { tellable } from './url-text.ts'
import type { Resolve } from './web.ts'
import { unreadable, urlRefused } from './web-errors.ts'

const mostRedirects = 3

/** One request, wherever redirects lead it. */
export interface WebRequest {
  method: 'GET' | 'PUT'
  url: URL
  headers: OutgoingHttpHeaders
  /** Made anew for each server that is asked. */
  body?: (() => Readable) | undefined
  hosts: readonly string[]
  resolve: Resolve
  limits: TimeLimits
}

/** An answer whose body was not read yet, and where it came from. */
export interface WebAnswer {
  response: IncomingMessage
  url: URL
  /** False where the server answered before it had taken the whole body. */
  isAllSent: boolean
}

/**
 * The first answer that is no redirect; whoever gets it reads or destroys it. Throws `url-refused` (after 3 redirects, too), and what
 * the network throws, as it is.
 */
export async function ask(request: WebRequest): Promise<WebAnswer> {
  let { url } = request
  for (let redirects = 0; ; redirects += 1) {
    const answer = await askOnce(request, url)
    const location = locationOf(answer.response, request.method)
    if (location === undefined) return answer
    answer.response.destroy()
    if (redirects === mostRedirects)
      throw urlRefused(tellable(request.url), `redirects more than ${mostRedirects} times`)
    url = redirected(url, location, request.hosts)
  }
}

/** Only 307 and 308 keep a PUT what it is. */
function locationOf({ statusCode = 0, headers }: IncomingMessage, method: WebRequest['method']): string | undefined {
  const kept = statusCode === 307 || statusCode === 308
  const followed = method === 'GET' ? [301, 302, 303].includes(statusCode) || kept : kept
  // Header bytes come as Latin-1; servers mean UTF-8.
  return followed && headers.location !== undefined ? Buffer.from(headers.location, 'latin1').toString() : undefined
}

async function askOnce(request: WebRequest, url: URL): Promise<WebAnswer> {
  const { limits } = request
  limits.connecting()
  const addresses = await orAborted(checkedAddresses(url, request.resolve), limits.signal)
  const { promise, resolve, reject } = Promise.withResolvers<WebAnswer>()
  const secure = url.protocol === 'https:'
  const sent = (secure ? https : http).request(url, {
    method: request.method,
    headers: { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'Microtome', ...request.headers },
    // A connection of its own: none that was checked for something else is taken again, and no proxy of the environment.
    agent: false,
    lookup: pinnedLookup(addresses),
    signal: limits.signal
  })
  sent.on('socket', (socket) => socket.once(secure ? 'secureConnect' : 'connect', () => limits.touch()))
  sent.on('response', (response) => {
    limits.touch()
    resolve({ response, url, isAllSent: sent.writableFinished })
  })
  // Also after the answer, when it is destroyed.
  sent.on('error', reject)
  send(request, sent)
  return promise
}

/** An answer may come before all is sent: then the rest stays here. */
function send({ body, limits }: WebRequest, sent: http.ClientRequest): void {
  if (!body) {
    sent.end()
    return
  }
  const stream = body()
  stream.on('data', () => limits.touch())
  stream.on('error', (error) => sent.destroy(unreadable(error)))
  sent.on('close', () => stream.destroy())
  stream.pipe(sent)
}

/** A name that is looked up can't be called back, but need not be waited for. */
function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const end = () => reject(signal.reason)
  if (signal.aborted) end()
  signal.addEventListener('abort', end)
  return Promise.race([promise, aborted]).finally(() => signal.removeEventListener('abort', end))
}
