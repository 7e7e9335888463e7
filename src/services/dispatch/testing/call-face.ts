/** An answer as it came. */
export interface Answer {
  status: number
  type: string
  text: string
  headers: Headers
  /** Throws where it is none. */
  json<T = Record<string, unknown>>(): T
}

export interface CallOptions {
  /** Sent as JSON; a string as it is. */
  body?: unknown
  /** `full` unless told otherwise; null sends none. */
  key?: string | null
  headers?: Record<string, string>
}

/** Asks a face over HTTP; with the key `full` where none is named. */
export async function callFace(
  url: string,
  method: string,
  { body, key = 'full', headers = {} }: CallOptions = {}
): Promise<Answer> {
  const response = await fetch(url, {
    method,
    redirect: 'manual',
    headers: {
      ...(key !== null && { 'x-api-key': key }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) })
  })
  const text = await response.text()
  const type = response.headers.get('content-type') ?? ''
  return { status: response.status, type, text, headers: response.headers, json: () => JSON.parse(text) }
}
