import { implement } from '@orpc/server'
import { type Hello, type MemberAddress, peerContract, type RosterEntry } from '../../shared/contract/peer.ts'
import { toRpcError } from '../../shared/contract/rpc-error.ts'
import type { PeerHandlers } from './peer-handlers.ts'
import type { PeerLink } from './peer-link.ts'

/** A link as the router sees it. */
export interface ServedLink extends PeerLink {
  /** Takes in what the other side is; answers what this one is. */
  greet(hello: Hello): Hello
  /** Runs a call once the link is announced, and counts it while it runs; throws where the caller may not call. */
  serve<T>(run: () => Promise<T>): Promise<T>
}

/** What two nodes tell each other of their lab. */
export interface RosterNews {
  entries: RosterEntry[]
  addresses: MemberAddress[]
}

export type PeerRouter = ReturnType<typeof createPeerRouter>

/** The peer contract with all that answers it; a call's context is the link that it came in by. */
export function createPeerRouter(handlers: PeerHandlers, learn: (news: RosterNews, link: PeerLink) => RosterNews) {
  const os = implement(peerContract)
    .$context<{ link: ServedLink }>()
    .use(async ({ next }) => {
      try {
        return await next()
      } catch (error) {
        throw toRpcError(error)
      }
    })
  const served = os.use(({ context, next }) => context.link.serve(async () => next()))
  const caller = (link: ServedLink) => ({ nodeId: link.nodeId, link })
  return {
    hello: os.hello.handler(({ input, context }) => context.link.greet(input)),
    roster: served.roster.handler(({ input, context }) => learn(input, context.link)),
    workerStatus: served.workerStatus.handler(({ input, context: { link } }) =>
      handlers.workerStatus(input, caller(link))
    ),
    offer: served.offer.handler(({ input, context: { link } }) => handlers.offer(input, caller(link))),
    cancel: served.cancel.handler(({ input, context: { link } }) => handlers.cancel(input, caller(link))),
    held: served.held.handler(({ context: { link } }) => handlers.held(undefined, caller(link))),
    settled: served.settled.handler(({ input, context: { link } }) => handlers.settled(input, caller(link))),
    heartbeat: served.heartbeat.handler(({ input, context: { link } }) => handlers.heartbeat(input, caller(link))),
    finished: served.finished.handler(({ input, context: { link } }) => handlers.finished(input, caller(link))),
    delivered: served.delivered.handler(({ input, context: { link } }) => handlers.delivered(input, caller(link))),
    failed: served.failed.handler(({ input, context: { link } }) => handlers.failed(input, caller(link))),
    released: served.released.handler(({ input, context: { link } }) => handlers.released(input, caller(link))),
    digest: served.digest.handler(({ input, context: { link } }) => handlers.digest(input, caller(link))),
    pause: served.pause.handler(({ input, context: { link } }) => handlers.pause(input, caller(link))),
    resume: served.resume.handler(({ context: { link } }) => handlers.resume(undefined, caller(link)))
  }
}
