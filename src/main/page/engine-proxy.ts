import type { EngineDoor } from '../engine/index.ts'

/** Paths of the local door that the page reads and writes by relative addresses. */
const ofEngine = /^\/(uploads|thumbs|jobs|results|submissions)\/[^/]/

const asked = ['accept', 'content-type', 'if-none-match', 'if-range', 'range', 'upload-offset']
const answered = [
  'accept-ranges',
  'cache-control',
  'content-disposition',
  'content-length',
  'content-range',
  'content-type',
  'etag',
  'last-modified'
]

/** True for paths that the engine answers. */
export const isOfEngine = (pathname: string): boolean => ofEngine.test(pathname)

/**
 * Passes a request of the page on to the engine with the token, and its answer back as it streams in. 503 while no engine
 * runs, 502 where it breaks off.
 */
export async function passToEngine(
  request: Request,
  door: EngineDoor | undefined,
  fetchIt: typeof fetch = fetch
): Promise<Response> {
  if (!door) return plain(503, 'The engine is being started.')
  if (!isAllowed(request)) return plain(405, 'Not allowed.')
  const { pathname, search } = new URL(request.url)
  const headers = { ...picked(request.headers, asked), authorization: `Bearer ${door.token}` }
  const body = request.method === 'PUT' ? { body: request.body, duplex: 'half' as const } : {}
  try {
    const { method, signal } = request
    const answer = await fetchIt(`${door.httpUrl}${pathname}${search}`, {
      method,
      headers,
      signal,
      redirect: 'error',
      ...body
    })
    const safe = { 'x-content-type-options': 'nosniff', 'content-security-policy': "default-src 'none'; sandbox" }
    return new Response(answer.body, {
      status: answer.status,
      headers: { ...picked(answer.headers, answered), ...safe }
    })
  } catch {
    // It ended or was cut: the page tries again, as it does with a lost socket.
    return plain(502, 'The engine does not answer.')
  }
}

function isAllowed({ method, url }: Request): boolean {
  if (method === 'GET' || method === 'HEAD') return true
  return method === 'PUT' && new URL(url).pathname.startsWith('/uploads/')
}

function picked(headers: Headers, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = headers.get(name)
      return value === null ? [] : [[name, value]]
    })
  )
}

const plain = (status: number, text: string) =>
  new Response(text, { status, headers: { 'content-type': 'text/plain' } })
