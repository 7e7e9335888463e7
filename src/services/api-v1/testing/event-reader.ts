/** One server-sent event. */
export interface SentEvent {
  id?: string
  event?: string
  data?: string
}

export interface EventReader {
  status: number
  headers: Headers
  /** The next event with data; undefined at the end of the stream. */
  next(): Promise<SentEvent | undefined>
  /** Id of the last block that had one, as a browser keeps it. */
  lastId(): string | undefined
  /** Everything that came, comments too. */
  raw(): string
  close(): Promise<void>
}

/** Reads a stream of events as a browser does (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
export async function readEvents(url: string, headers: Record<string, string> = {}): Promise<EventReader> {
  const ended = new AbortController()
  const response = await fetch(url, { headers: { 'x-api-key': 'admin', ...headers }, signal: ended.signal })
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  let raw = ''
  let waiting = ''
  let lastId: string | undefined
  const block = async (): Promise<string | undefined> => {
    while (!waiting.includes('\n\n')) {
      const part = await reader?.read()
      if (!part || part.done) return undefined
      raw += part.value
      waiting += part.value
    }
    const end = waiting.indexOf('\n\n')
    const found = waiting.slice(0, end)
    waiting = waiting.slice(end + 2)
    return found
  }
  return {
    status: response.status,
    headers: response.headers,
    lastId: () => lastId,
    raw: () => raw,
    async next() {
      for (;;) {
        const text = await block()
        if (text === undefined) return undefined
        const event = parse(text)
        lastId = event.id ?? lastId
        if (event.data !== undefined) return event
      }
    },
    async close() {
      ended.abort()
      await reader?.cancel().catch(() => undefined)
    }
  }
}

function parse(text: string): SentEvent {
  const event: SentEvent = {}
  for (const line of text.split('\n')) {
    const [, name, value] = /^(id|event|data): ?(.*)$/.exec(line) ?? []
    if (name === 'id' || name === 'event' || name === 'data') event[name] = value ?? ''
  }
  return event
}
