import type { IncomingHttpHeaders } from 'node:http'

/** Where a caller may show its key: the header `X-API-Key`, or `Authorization: Bearer`. */
export type KeyPlace = 'x-api-key' | 'bearer'

/** Longer than any key that somebody would choose; what is longer is refused before anything is computed of it. */
const maxKeyLength = 256
const printable = /^[\x21-\x7e]+$/

/** What a request shows for a key. `unfit`: something that can be no key, such as 10,000 characters or one with a blank. */
export type PresentedKey = { type: 'none' } | { type: 'unfit' } | { type: 'key'; key: string }

/** Reads the first of `places` that the request has. */
export function presentedKey(headers: IncomingHttpHeaders, places: readonly KeyPlace[]): PresentedKey {
  for (const place of places) {
    const shown = place === 'bearer' ? bearer(headers.authorization) : headers['x-api-key']
    if (shown !== undefined) return readKey(shown)
  }
  return { type: 'none' }
}

// Node joins a header that was sent twice by ", ", which no key contains.
function readKey(shown: string | string[]): PresentedKey {
  if (typeof shown !== 'string' || shown.length > maxKeyLength || !printable.test(shown)) return { type: 'unfit' }
  return { type: 'key', key: shown }
}

/** Undefined for other kinds of authorization too: they are nothing that was shown to us. */
function bearer(header: string | undefined): string | undefined {
  return header !== undefined && /^bearer /i.test(header) ? header.slice('bearer '.length).trim() : undefined
}
