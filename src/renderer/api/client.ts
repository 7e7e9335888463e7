import { createORPCClient, DynamicLink } from '@orpc/client'
import type { ContractRouterClient } from '@orpc/contract'
import type { LocalContract } from '../../shared/contract/local.ts'
import { bridge } from './bridge.ts'
import { Door } from './door.ts'

/** Half a second, doubled up to five seconds: quick after an engine restart, quiet when it stays away. */
function backoffMs(tries: number): number {
  return Math.min(5000, 250 * 2 ** tries)
}

async function desktopEndpoint(desktop: NonNullable<typeof bridge>) {
  const { socketUrl, token } = await desktop.connect()
  return { url: socketUrl, protocols: ['microtome', `token.${token}`] }
}

function browserEndpoint() {
  const url = new URL('/rpc', window.location.href)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  return Promise.resolve({ url: url.href, protocols: ['microtome'] })
}

/** A WebSocket doesn't tell why it was refused; a plain request does. */
async function cookieRefused(): Promise<boolean> {
  const answer = await fetch('/thumbs/none', { cache: 'no-store' }).catch(() => undefined)
  return answer?.status === 401 || answer?.status === 403
}

const desktop = bridge

/** The page's one connection to its engine. */
export const door = new Door({
  endpoint: desktop ? () => desktopEndpoint(desktop) : browserEndpoint,
  refused: desktop ? () => Promise.resolve(false) : cookieRefused,
  backoffMs
})

/** The engine's local contract, typed; failed calls throw what `toProblem` words. */
export const api: ContractRouterClient<LocalContract> = createORPCClient(new DynamicLink(() => door.link()))
