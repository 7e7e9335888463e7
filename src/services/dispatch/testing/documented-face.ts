import { afterEach, beforeEach, expect } from 'vitest'
import type { CallOptions } from './call-face.ts'
import { type OpenFace, openFace } from './open-face.ts'

/** A submission as the document shows it. */
export const wish = {
  source_url: 'http://example.com/input.mp4',
  target_codec: 'h264',
  job_size: 100.5,
  max_retries: 3
}
/** The id of no job. */
export const nobody = '123e4567-e89b-42d3-a456-426614174000'

/** The face that answers as documented, opened anew for each test of the calling file. */
export function documentedFace() {
  let open: OpenFace | undefined
  beforeEach(async () => {
    open = await openFace()
  })
  afterEach(() => open?.close())

  const face = () => open as OpenFace
  const post = (path: string, body?: unknown, options?: CallOptions) => face().call('POST', path, { body, ...options })
  const get = (path: string, options?: CallOptions) => face().call('GET', path, options)

  /** Submits a job; answers its id. */
  async function submit(more: Record<string, unknown> = {}): Promise<string> {
    const answer = await post('/jobs/', { ...wish, ...more })
    expect(answer.status).toBe(201)
    return answer.json<{ job_id: string }>().job_id
  }

  /** Asks for a job; answers its id. */
  async function assign(engineId: string): Promise<string | undefined> {
    const answer = await post('/assign_job/', { engine_id: engineId })
    return answer.status === 204 ? undefined : answer.json<{ job_id: string }>().job_id
  }

  /** Submits a job that `engine-001` gets. */
  async function lend(more: Record<string, unknown> = {}): Promise<string> {
    const id = await submit(more)
    await post('/engines/heartbeat', { engine_id: 'engine-001' })
    expect(await assign('engine-001')).toBe(id)
    return id
  }

  return { face, post, get, submit, assign, lend }
}
