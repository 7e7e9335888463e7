import type { Protocol } from 'electron'
import type { EngineDoor } from '../engine/index.ts'
import { isOwnPage, pageScheme } from './address.ts'
import { isOfEngine, passToEngine } from './engine-proxy.ts'
import { serveFile } from './static-files.ts'

/** To be called before Electron is ready, and once. `standard` gives an origin, `stream` lets videos seek. */
export function registerPageScheme(protocol: Pick<Protocol, 'registerSchemesAsPrivileged'>): void {
  const privileges = { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true }
  protocol.registerSchemesAsPrivileged([{ scheme: pageScheme, privileges }])
}

export interface PageSource {
  /** Folder of the built page. */
  pageDir: string
  /** The engine that runs now. */
  door: () => EngineDoor | undefined
}

/** Serves `microtome://app/`: the built page, and through it the engine's pictures and results. */
export function servePage(protocol: Pick<Protocol, 'handle'>, source: PageSource): void {
  protocol.handle(pageScheme, (request) => answer(request, source))
}

/** Electron adds who caused a request; absent where the browser itself did. */
interface PageRequest extends Request {
  readonly initiatorOrigin?: string | null
}

async function answer(request: PageRequest, { pageDir, door }: PageSource): Promise<Response> {
  const { initiatorOrigin } = request
  const isForeign = initiatorOrigin !== undefined && (initiatorOrigin === null || !isOwnPage(initiatorOrigin))
  if (isForeign || !isOwnPage(request.url)) return new Response('Refused', { status: 403 })
  const { pathname } = new URL(request.url)
  if (isOfEngine(pathname)) return passToEngine(request, door())
  if (request.method !== 'GET' && request.method !== 'HEAD') return new Response('Not allowed', { status: 405 })
  return serveFile(pageDir, pathname)
}
