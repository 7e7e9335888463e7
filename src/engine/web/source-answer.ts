import type { IncomingMessage } from 'node:http'
import { parseContentRange } from '../transfer/index.ts'
import type { PartState } from './part-file.ts'
import { strongValidator } from './validator.ts'
import { badAnswer, rejected } from './web-errors.ts'

/** What the body of an answer is: bytes of a file from `start` to its end. */
export interface Incoming {
  start: number
  /** Of the whole file; undefined where the server doesn't say. */
  totalBytes: number | undefined
  validator: string | undefined
}

type Answer = Pick<IncomingMessage, 'statusCode' | 'headers'>

/**
 * Reads the head of an answer to a request for what `there` lacks. Undefined where the server has another file by now: what is there is
 * worth nothing. Throws for what brings no file; `what` is how messages call its URL.
 */
export function incomingOf({ statusCode = 0, headers }: Answer, there: PartState, what: string): Incoming | undefined {
  const encoding = headers['content-encoding'] ?? 'identity'
  if (encoding !== 'identity') throw rejected(what, `answered with an encoding that was not asked for (${encoding})`)
  const validator = strongValidator(headers)
  if (statusCode === 200) return { start: 0, totalBytes: lengthOf(headers['content-length']), validator }
  if (there.sizeBytes === 0 || (statusCode !== 206 && statusCode !== 416)) throw badAnswer(what, statusCode)
  const range = statusCode === 206 ? parseContentRange(headers['content-range']) : undefined
  const isSame =
    range?.start === there.sizeBytes && agree(there.totalBytes, range.total) && agree(headers.etag, there.validator)
  return isSame ? { start: there.sizeBytes, totalBytes: range.total, validator } : undefined
}

/** What is not known contradicts nothing. */
function agree<T>(said: T | undefined, other: T | undefined): boolean {
  return said === undefined || said === other
}

function lengthOf(header: string | undefined): number | undefined {
  return header === undefined ? undefined : Number(header)
}
