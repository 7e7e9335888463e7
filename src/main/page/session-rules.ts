import type { Session, WebContents } from 'electron'
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

/** Denies every permission but ours to our page, and every request that would leave this computer. */
export function ruleSession(
  session: Pick<Session, 'setPermissionRequestHandler' | 'setPermissionCheckHandler' | 'setSpellCheckerEnabled'> & {
    webRequest: Pick<Session['webRequest'], 'onBeforeRequest'>
  }
): void {
  session.setSpellCheckerEnabled(false)
  session.setPermissionRequestHandler((contents, permission, allow) => allow(mayHave(permission, contents)))
  session.setPermissionCheckHandler((contents, permission) => contents !== null && mayHave(permission, contents))
  const remote = { urls: ['http://*/*', 'https://*/*', 'ws://*/*', 'wss://*/*', 'ftp://*/*', 'file://*/*'] }
  session.webRequest.onBeforeRequest(remote, ({ url }, answer) => answer({ cancel: !isEngineSocket(url) }))
}

function mayHave(permission: string, contents: Pick<WebContents, 'getURL'>): boolean {
  return granted.has(permission) && isOwnPage(contents.getURL())
}

const isEngineSocket = (url: string) => /^ws:\/\/127\.0\.0\.1:\d+\/rpc$/.test(url)
