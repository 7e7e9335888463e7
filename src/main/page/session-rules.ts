import type { WebContents } from 'electron'
import { isOwnPage } from './address.ts'

/**
 * What the page may do beyond showing itself: copy an address, fill the screen with a slide, and speak to the engine, which
 * Chromium asks about as access to this computer's own network.
 */
const granted: ReadonlySet<string> = new Set([
  'clipboard-sanitized-write',
  'fullscreen',
  'loopback-network',
  'local-network-access'
])

type Asking = Pick<WebContents, 'getURL'>

/** As much of Electron's session as is ruled here. */
export interface RuledSession {
  setSpellCheckerEnabled(enable: boolean): void
  setPermissionRequestHandler(
    handler: (contents: Asking, permission: string, allow: (isGranted: boolean) => void) => void
  ): void
  setPermissionCheckHandler(handler: (contents: Asking | null, permission: string) => boolean): void
  webRequest: {
    onBeforeRequest(
      filter: { urls: string[] },
      listener: (details: { url: string }, answer: (response: { cancel: boolean }) => void) => void
    ): void
  }
}

/** Denies every permission but ours to our page, and every request that would leave this computer. */
export function ruleSession(session: RuledSession): void {
  session.setSpellCheckerEnabled(false)
  session.setPermissionRequestHandler((contents, permission, allow) => allow(mayHave(permission, contents)))
  session.setPermissionCheckHandler((contents, permission) => contents !== null && mayHave(permission, contents))
  const remote = { urls: ['http://*/*', 'https://*/*', 'ws://*/*', 'wss://*/*', 'ftp://*/*', 'file://*/*'] }
  session.webRequest.onBeforeRequest(remote, ({ url }, answer) => answer({ cancel: !isEngineSocket(url) }))
}

function mayHave(permission: string, contents: Asking): boolean {
  return granted.has(permission) && isOwnPage(contents.getURL())
}

const isEngineSocket = (url: string) => /^ws:\/\/127\.0\.0\.1:\d+\/rpc$/.test(url)
