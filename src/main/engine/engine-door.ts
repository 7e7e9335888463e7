import { z } from 'zod'
import type { EngineConnection } from '../../shared/bridge.ts'
import { jobError } from '../../shared/errors.ts'

/** How to reach a running engine; good for this start of it only. */
export interface EngineDoor extends EngineConnection {
  /** `http://127.0.0.1:<port>` */
  httpUrl: string
}

const uiUrl = z.url({ protocol: /^http$/, hostname: /^127\.0\.0\.1$/ })

/** What `serve --json` and `status --json` say of themselves that matters here; other lines are for others. */
export const engineLine = z.union([
  z.object({ event: z.literal('ready'), nodeId: z.string(), name: z.string(), peerPort: z.number(), uiUrl }),
  z.object({ event: z.literal('error'), error: jobError }),
  z.object({ uiUrl })
])
export type EngineLine = z.infer<typeof engineLine>

/** A line of the engine's stdout; undefined where it is none that we know. */
export function parseEngineLine(line: string): EngineLine | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    return engineLine.safeParse(JSON.parse(line)).data
  } catch {
    // Half a line, cut by a crash: what is left of it means nothing.
    return undefined
  }
}

/** Takes the address with its token apart. Throws where there is no token in it. */
export function doorOf(address: string): EngineDoor {
  const url = new URL(address)
  const token = url.searchParams.get('token')
  if (!token) throw new Error('The address of the engine carries no token.')
  return { httpUrl: url.origin, socketUrl: `ws://${url.host}/rpc`, token }
}
