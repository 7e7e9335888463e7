import type { IncomingHttpHeaders } from 'node:http'

/**
 * What tells that a file is byte for byte the same at the next request: a strong ETag, else a Last-Modified that is at least a second
 * older than the answer (RFC 9110, 8.8.2.2: within its own second a file may change unseen). Undefined where nothing does.
 */
export function strongValidator(headers: IncomingHttpHeaders): string | undefined {
  const { etag, date, 'last-modified': modified } = headers
  if (etag !== undefined) return /^"[^"]*"$/.test(etag) ? etag : undefined
  if (modified === undefined || date === undefined) return undefined
  return Date.parse(date) - Date.parse(modified) >= 1000 ? modified : undefined
}
