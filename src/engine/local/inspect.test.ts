import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { MicrotomeError } from '../../shared/errors.ts'
import { FakeClock } from '../fake-clock.ts'
import { Inspector, Uploads } from '../intake/index.ts'
import { inspect } from './inspect.ts'

let folder: string
let uploads: Uploads
let inspector: Inspector
let atOnce: number
let most: number
/** What a look waits for. */
let go: PromiseWithResolvers<void>

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'microtome-inspect-'))
  uploads = new Uploads(join(folder, 'uploads'), new FakeClock(), () => 100)
  atOnce = 0
  most = 0
  go = Promise.withResolvers()
  go.resolve()
  inspector = new Inspector({ probe }, folder)
})

afterEach(() => rm(folder, { recursive: true }))

async function probe(path: string) {
  most = Math.max(most, ++atOnce)
  if (most === 4) go.resolve()
  await go.promise
  atOnce -= 1
  if (!path.endsWith('.jpg'))
    throw new MicrotomeError({ code: 'not-recognised', class: 'input', message: 'It is nothing we know.' })
  return { kind: 'image', format: 'jpeg', widthPx: 4, heightPx: 3, hasThumbnail: true } as const
}

async function files(count: number, dir = 'drop'): Promise<string> {
  await mkdir(join(folder, dir), { recursive: true })
  for (let index = 0; index < count; index++) await writeFile(join(folder, dir, `${index}.jpg`), 'x')
  return join(folder, dir)
}

async function seen(paths: string[], uploadIds: string[] = [], signal?: AbortSignal) {
  const events: string[] = []
  for await (const event of inspect({ inspector, uploads }, { paths, uploadIds }, signal)) {
    if (event.type === 'recognised') events.push(`${event.item.name} ${event.item.widthPx}x${event.item.heightPx}`)
    else if (event.type === 'unrecognised') events.push(`${event.item.name}: ${event.item.error.code}`)
    else events.push(`${event.recognised} + ${event.unrecognised}`)
  }
  return events
}

it('tells what each dropped file is, what is not recognised by name and reason, and how many there were', async () => {
  const path = await files(1)
  await writeFile(join(path, 'notes.txt'), 'x')
  expect((await seen([path, join(folder, 'gone.svs')])).sort()).toEqual([
    '0.jpg 4x3',
    '1 + 2',
    'gone.svs: not-found',
    'notes.txt: not-recognised'
  ])
})

it('looks at four at once at most, and at every one once', async () => {
  go = Promise.withResolvers()
  const events = await seen([await files(30)])
  expect(new Set(events).size).toBe(31)
  expect(events.at(-1)).toBe('30 + 0')
  expect(most).toBe(4)
})

it('shows an upload under the name that it had, and refuses one that is not known', async () => {
  const { uploadId } = await uploads.create('from browser.jpg', 3)
  await uploads.receive(uploadId, 0, Readable.from([Buffer.from('abc')]))
  const found: unknown[] = []
  for await (const event of inspect({ inspector, uploads }, { paths: [], uploadIds: [uploadId] }, undefined))
    if (event.type === 'recognised') found.push([event.item.name, event.item.uploadId, event.item.sizeBytes])
  expect(found).toEqual([['from browser.jpg', uploadId, 3]])
  expect(await seen([], ['00000000-0000-0000-0000-000000000000'])).toContain(
    '00000000-0000-0000-0000-000000000000: unknown-upload'
  )
})

it('stops looking when nobody wants to know any more', async () => {
  const left = new AbortController()
  const path = await files(50)
  let events = 0
  for await (const _event of inspect({ inspector, uploads }, { paths: [path], uploadIds: [] }, left.signal))
    if (++events === 3) left.abort()
  expect(events).toBe(3)
})
