import type { IpcMain, IpcMainInvokeEvent } from 'electron'
import { z } from 'zod'
import type { DesktopReply, DesktopRequests } from '../../shared/desktop-ipc.ts'
import { toJobError } from '../../shared/errors.ts'

type Channel = keyof DesktopRequests

/** What answers each request of the page. */
export type RequestHandlers = {
  [C in Channel]: (input: DesktopRequests[C]['input']) => Promise<DesktopRequests[C]['output']>
}

const path = z.string().min(1).max(32_767)
const inputs: { [C in Channel]: z.ZodType<DesktopRequests[C]['input']> } = {
  connect: z.undefined(),
  'choose-sources': z.strictObject({ folders: z.boolean() }),
  'choose-folder': z.strictObject({ title: z.string().max(200), defaultPath: path.optional() }),
  'show-in-folder': path,
  'open-path': path
}

/** As much of the event as tells who asks. */
export interface Caller {
  /** Null once the frame has gone or moved on. */
  senderFrame: { url: string; parent: unknown } | null
}

/**
 * Answers the page's requests; the only place that listens to IPC. Refused: a frame that `isTrusted` does not know, and an
 * input that does not fit its channel.
 */
export function serveRequests(
  ipcMain: Pick<IpcMain, 'handle'>,
  isTrusted: (caller: Caller) => boolean,
  handlers: RequestHandlers
): void {
  for (const channel of channels()) ipcMain.handle(channel, answering(channel, isTrusted, handlers))
}

function channels(): Channel[] {
  return ['connect', 'choose-sources', 'choose-folder', 'show-in-folder', 'open-path']
}

function answering<C extends Channel>(channel: C, isTrusted: (caller: Caller) => boolean, handlers: RequestHandlers) {
  return async (
    event: Pick<IpcMainInvokeEvent, 'senderFrame'>,
    input: unknown
  ): Promise<DesktopReply<DesktopRequests[C]['output']>> => {
    if (!isTrusted(event)) throw new Error(`A foreign frame asked for "${channel}".`)
    try {
      return { ok: true, value: await handlers[channel](inputs[channel].parse(input)) }
    } catch (thrown) {
      return { ok: false, error: toJobError(thrown) }
    }
  }
}
