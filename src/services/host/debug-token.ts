import { createHash, timingSafeEqual } from 'node:crypto'
import { toJobError } from '../../shared/errors.ts'
import { type ReferencePlaces, resolveReferences } from './config/references.ts'
import type { ServiceLog } from './service.ts'

/** Whether what a caller shows opens `/api/config` in production. */
export type DebugToken = (shown: unknown) => boolean

/** What can be guessed opens nothing. */
const minLength = 16

/** Opens for the text that `global.debugToken` refers to, compared in constant time; for nobody where there is none, which is logged. */
export async function debugTokenOf(
  reference: string | undefined,
  places: ReferencePlaces,
  log: ServiceLog
): Promise<DebugToken> {
  const token = reference === undefined ? undefined : await resolved(reference, places, log)
  if (token === undefined) return () => false
  const digest = digestOf(token)
  return (shown) => typeof shown === 'string' && timingSafeEqual(digestOf(shown), digest)
}

async function resolved(reference: string, places: ReferencePlaces, log: ServiceLog): Promise<string | undefined> {
  try {
    const token = await resolveReferences(reference, places)
    if (token.length >= minLength) return token
    log.warn('the debug token is shorter than 16 characters and opens nothing', { code: 'short-token' })
  } catch (thrown) {
    log.warn('the debug token can not be read and opens nothing', { code: toJobError(thrown).code })
  }
  return undefined
}

const digestOf = (text: string) => createHash('sha256').update(text).digest()
