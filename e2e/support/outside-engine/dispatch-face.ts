import { z } from 'zod'

/** A job as the face shows it; fields that a test doesn't name are kept. */
const shownJob = z.looseObject({
  job_id: z.string(),
  status: z.string().optional(),
  source_url: z.string().optional(),
  target_codec: z.string().optional(),
  assigned_engine: z.string().nullish(),
  output_url: z.string().nullish(),
  retries: z.number().optional()
})
export type ShownJob = z.infer<typeof shownJob>

const shownList = z.looseObject({ jobs: z.array(shownJob), total: z.number() })

/** An answer as it came; `json` is undefined where the body is none. */
export interface Answer {
  status: number
  headers: Headers
  text: string
  json: unknown
}

/** What a caller may submit; unknown fields go along. */
export type Wish = { source_url: string; target_codec: string } & Record<string, unknown>

/** The dispatch face of a node over HTTP. The URL is asked for at every call, since a restarted node may have another. */
export class DispatchFace {
  readonly #url: () => string
  readonly key: string

  constructor(url: () => string, key: string) {
    this.#url = url
    this.key = key
  }

  get url(): string {
    return this.#url()
  }

  /** A string body goes out as it is, anything else as JSON. Rejects where the connection breaks before the answer is whole. */
  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const text = typeof body === 'string' || body === undefined ? body : JSON.stringify(body)
    const type: Record<string, string> = text === undefined ? {} : { 'content-type': 'application/json' }
    const response = await fetch(new URL(path, this.url), {
      method,
      headers: { ...type, 'x-api-key': this.key, ...headers },
      ...(text === undefined ? {} : { body: text })
    })
    return answerOf(response)
  }

  /** Throws unless the answer is one of success. */
  async done(method: string, path: string, body?: unknown): Promise<Answer> {
    const answer = await this.call(method, path, body)
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`)
    return answer
  }

  async submit(wish: Wish): Promise<ShownJob> {
    return shownJob.parse((await this.done('POST', '/jobs/', wish)).json)
  }

  async job(id: string): Promise<ShownJob> {
    return shownJob.parse((await this.done('GET', `/jobs/${id}`)).json)
  }

  async jobs(query = ''): Promise<z.infer<typeof shownList>> {
    return shownList.parse((await this.done('GET', `/jobs/${query}`)).json)
  }

  heartbeat(engineId: string, more: Record<string, unknown> = {}): Promise<Answer> {
    return this.done('POST', '/engines/heartbeat', { engine_id: engineId, status: 'idle', ...more })
  }

  /** Undefined where nothing waits. */
  async assign(engineId: string, more: Record<string, unknown> = {}): Promise<ShownJob | undefined> {
    const answer = await this.done('POST', '/assign_job/', { engine_id: engineId, ...more })
    return answer.status === 204 ? undefined : shownJob.parse(answer.json)
  }

  complete(id: string, outputUrl: string): Promise<Answer> {
    return this.call('POST', `/jobs/${id}/complete`, { output_url: outputUrl })
  }

  fail(id: string, message: string): Promise<Answer> {
    return this.call('POST', `/jobs/${id}/fail`, { error_message: message })
  }
}

async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, json: parsed(text) }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Deployed servers answer some things as plain text, and so may we.
    return undefined
  }
}
