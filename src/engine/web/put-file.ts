import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { mediaTypeOf } from '../../shared/domain/media-types.ts'
import { Progress } from './progress.ts'
import { systemResolve } from './resolve-host.ts'
import { TimeLimits } from './time-limits.ts'
import { checkedUrl } from './url-policy.ts'
import { publicUrl, tellable } from './url-text.ts'
import type { Sending, WebParts } from './web.ts'
import { badAnswer, cut, unreadable } from './web-errors.ts'
import { ask } from './web-request.ts'

/** See `Web.put`. The whole file for each server that a redirect (307, 308) leads to, at most three. */
export async function putFile(parts: WebParts, sending: Sending): Promise<string> {
  const { clock, settings } = parts
  const url = checkedUrl(sending.url, settings().urlHosts)
  const limits = new TimeLimits(clock, tellable(url), settings().urlTimeoutS, sending.signal)
  try {
    await send(parts, sending, url, limits)
    return publicUrl(url)
  } catch (thrown) {
    throw limits.meaningOf(thrown)
  } finally {
    limits.stop()
  }
}

async function send(parts: WebParts, { path, onProgress }: Sending, url: URL, limits: TimeLimits): Promise<void> {
  const { clock, settings, resolve = systemResolve } = parts
  const { size } = await stat(path).catch((thrown: unknown) => {
    throw unreadable(thrown)
  })
  const progress = new Progress(clock, onProgress)
  const headers = { 'content-length': size, 'content-type': mediaTypeOf(path) }
  const body = () => read(path, size, progress)
  const { response, isAllSent } = await ask({
    method: 'PUT',
    url,
    headers,
    body,
    hosts: settings().urlHosts,
    resolve,
    limits
  })
  // What it says besides is nobody's matter, and may be without end.
  response.destroy()
  const { statusCode = 0 } = response
  if (statusCode < 200 || statusCode > 299) throw badAnswer(tellable(url), statusCode)
  if (!isAllSent) throw cut(tellable(url))
  progress.end({ movedBytes: size, totalBytes: size })
}

/** Never more than the length that was announced, though the file grew. */
function read(path: string, sizeBytes: number, progress: Progress) {
  const stream = createReadStream(path, { start: 0, end: Math.max(0, sizeBytes - 1) })
  let movedBytes = 0
  stream.on('data', (chunk) => {
    movedBytes += chunk.length
    progress.tell({ movedBytes, totalBytes: sizeBytes })
  })
  return stream
}
