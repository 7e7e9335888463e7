import { createHash, timingSafeEqual } from 'node:crypto'

/** Proof that a request comes from this user: the per-start token in a cookie, a header or a WebSocket subprotocol. */
export class Session {
  readonly cookieName: string
  readonly #digest: Buffer

  /** Cookies are shared by all ports of 127.0.0.1, so each node has its own name for it. */
  constructor(token: string, nodeId: string) {
    this.#digest = digestOf(token)
    this.cookieName = `microtome_${nodeId.slice(0, 12)}`
  }

  isValid(token: string | undefined): boolean {
    return token !== undefined && timingSafeEqual(digestOf(token), this.#digest)
  }

  allows(request: RequestParts): boolean {
    return (
      this.isValid(request.cookies[this.cookieName]) ||
      this.isValid(bearerOf(request.headers.authorization)) ||
      this.isValid(subprotocolTokenOf(request.headers['sec-websocket-protocol']))
    )
  }
}

/** What {@link Session.allows} looks at. */
export interface RequestParts {
  cookies: Record<string, string | undefined>
  headers: Record<string, string | string[] | undefined>
}

/** True for requests that a page of another origin can't have made: no `Origin`, our own, or the desktop's. */
export function isOwnOrigin(origin: string | undefined, host: string | undefined): boolean {
  if (origin === undefined || origin === 'microtome://app') return true
  return host !== undefined && origin === `http://${host}`
}

/** Only names of this machine itself: a page that rebinds its own name to 127.0.0.1 is turned away. */
export function isLoopbackHost(host: string | undefined): boolean {
  return host !== undefined && /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i.test(host)
}

function bearerOf(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' && header.startsWith('Bearer ') ? header.slice(7) : undefined
}

function subprotocolTokenOf(header: string | string[] | undefined): string | undefined {
  if (typeof header !== 'string') return undefined
  return header
    .split(',')
    .map((part) => part.trim())
    .find((part) => part.startsWith('token.'))
    ?.slice(6)
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
