import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { MemoryDispatch } from '../dispatch/testing/memory-dispatch.ts'
import { type OpenApi, openApi } from './testing/open-api.ts'

const run = promisify(execFile)
const page = new URL('../../../docs/how-to/api.md', import.meta.url)
let api: OpenApi
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'microtome-how-to-'))
  await writeFile(join(folder, 'made.mp4'), 'a video')
  const dispatch = new MemoryDispatch()
  api = await openApi({ dispatch })
  // Somebody who converts videos once anybody listens.
  dispatch.onChange((id) => {
    if (dispatch.get(id)?.state === 'queued' && dispatch.get(id)?.profile === 'h264')
      setImmediate(() => dispatch.completeHere(id, join(folder, 'made.mp4')))
  })
})
afterEach(async () => {
  await api.close()
  await rm(folder, { recursive: true })
})

test('the page about the API says what works: its commands run one after the other', async () => {
  const text = await readFile(page, 'utf8')
  const commands = [...text.matchAll(/<!-- run -->\n```sh\n([\s\S]*?)```/g)].map(([, block]) => block)
  expect(commands.length).toBeGreaterThan(5)
  const downloads = await mkdtemp(join(folder, 'downloads-'))
  const env = { PATH: process.env.PATH, API: `${api.url}/api/v1`, KEY: 'admin' }
  const { stdout } = await run('sh', ['-euc', commands.join('\n')], { cwd: downloads, env })
  expect(stdout).toContain('"state":"completed"')
  expect(stdout).toContain('"state":"cancelled"')
  expect(stdout).toContain('"status":"healthy"')
  expect(await readdir(downloads)).toEqual(['made.mp4'])
  expect(await readFile(join(downloads, 'made.mp4'), 'utf8')).toBe('a video')
})

test('the page names every profile and every field of a submission', async () => {
  const text = await readFile(page, 'utf8')
  const { json } = await api.call('GET', '/docs/json')
  const { components } = json as {
    components: { schemas: Record<string, { properties: Record<string, { enum?: string[] }> }> }
  }
  const fields = components.schemas.SubmissionInput?.properties ?? {}
  expect(Object.keys(fields).length).toBeGreaterThan(5)
  for (const word of [...Object.keys(fields), ...(fields.profile?.enum ?? [])]) expect(text).toContain(`\`${word}\``)
})
