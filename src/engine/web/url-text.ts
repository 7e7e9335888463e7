/** For messages: who asks for what where is told, but neither credentials nor query, which may be a signature. */
export function tellable(url: URL): string {
  const who = url.username === '' && url.password === '' ? '' : '***@'
  return `${url.protocol}//${who}${url.host}${url.pathname}`
}

/** The same address for others: without credentials, query and fragment. */
export function publicUrl(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`
}

/** The last part of a URL's path as it was before it was encoded; empty where there is none. */
export function lastPart(url: URL): string {
  const part = url.pathname.split('/').findLast((one) => one !== '') ?? ''
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
