import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Probed } from '../../shared/converter-protocol.ts'
import { MicrotomeError } from '../../shared/errors.ts'
import { FakeClock } from '../fake-clock.ts'
import { createFolder, Inspector, listFolder, Uploads, uploadedFile, walk } from './index.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'microtome-intake-'))
})
afterEach(() => rm(folder, { recursive: true }))

const names = async (path: string) => {
  const found: string[] = []
  for await (const file of walk(path)) found.push(file.path.slice(folder.length + 1))
  return found
}

test('a dropped folder yields its files in name order, without clutter, links or loops', async () => {
  await mkdir(join(folder, 'a', 'b'), { recursive: true })
  for (const name of ['a/10.svs', 'a/9.svs', 'a/.hidden', 'a/Thumbs.db', 'a/b/deep.svs'])
    await writeFile(join(folder, name), 'x')
  await symlink(join(folder, 'a'), join(folder, 'a', 'b', 'loop'))
  expect(await names(join(folder, 'a'))).toEqual(['a/9.svs', 'a/10.svs', 'a/b/deep.svs'])
})

test('a folder inside that can’t be read is told of, and what comes after it is still found', async () => {
  await mkdir(join(folder, 'a', 'b'), { recursive: true })
  for (const name of ['a/1.svs', 'a/b/lost.svs', 'a/c.svs']) await writeFile(join(folder, name), 'x')
  const told: unknown[] = []
  const found: string[] = []
  for await (const file of walk(join(folder, 'a'), (path, { code }) => told.push([path, code]))) {
    found.push(file.name)
    await rm(join(folder, 'a', 'b'), { recursive: true, force: true })
  }
  expect(found).toEqual(['1.svs', 'c.svs'])
  expect(told).toEqual([[join(folder, 'a', 'b'), 'not-found']])
})

test('a path that is not there is refused by name', async () => {
  await expect(names(join(folder, 'gone.svs'))).rejects.toMatchObject({ code: 'not-found', class: 'input' })
})

test('a file is looked at once until it changes, and a failure that is not the file’s fault is not remembered', async () => {
  let looks = 0
  let trouble: MicrotomeError | undefined = new MicrotomeError({
    code: 'child-died',
    class: 'node',
    message: 'The child died.'
  })
  const probed: Probed = { kind: 'image', format: 'jpeg', hasThumbnail: false }
  const inspector = new Inspector(
    {
      probe: async () => {
        looks += 1
        if (trouble) throw trouble
        return probed
      }
    },
    folder
  )
  const file = { path: '/a.jpg', name: 'a.jpg', sizeBytes: 3, modifiedAtMs: 1, insideFolder: false }
  expect((await inspector.look(file)).type).toBe('unrecognised')
  trouble = undefined
  expect((await inspector.look(file)).type).toBe('recognised')
  await inspector.look(file)
  expect(looks).toBe(2)
  await inspector.look({ ...file, modifiedAtMs: 2 })
  expect(looks).toBe(3)
  expect(await inspector.thumbnail('../../etc/passwd')).toBeUndefined()
})

const uploadsOf = (clock = new FakeClock(), limit = 100) => new Uploads(join(folder, 'uploads'), clock, () => limit)

test('an upload that was cut goes on where it stopped, also after a restart', async () => {
  const { uploadId } = await uploadsOf().create('slide.svs', 6)
  const body = new PassThrough()
  const receiving = uploadsOf().receive(uploadId, 0, body)
  body.write('abc')
  await vi.waitFor(async () => expect((await uploadsOf().get(uploadId)).received).toBe(3))
  body.destroy(new Error('cut'))
  expect(await receiving).toEqual({ accepted: true, received: 3 })
  expect(await uploadsOf().receive(uploadId, 0, Readable.from(['abcdef']))).toEqual({ accepted: false, received: 3 })
  await expect(uploadsOf().whole(uploadId)).rejects.toMatchObject({ code: 'upload-incomplete' })
  await uploadsOf().receive(uploadId, 3, Readable.from([Buffer.from('def')]))
  const upload = await uploadsOf().whole(uploadId)
  expect(await readFile(upload.path, 'utf8')).toBe('abcdef')
})

test('a slide of several files streams in as one, over cuts in any of them, and lies as it lay', async () => {
  const files = [
    { path: 'Case.mrxs', sizeBytes: 4 },
    { path: 'Case/Slidedat.ini', sizeBytes: 0 },
    { path: 'Case/deep/Data0.dat', sizeBytes: 6 }
  ]
  const { uploadId, path } = await uploadsOf().create('Case.mrxs', 10, files)
  const bytes = Buffer.from('mainpixels')
  for (const [from, to] of [
    [0, 2],
    [2, 7],
    [7, 10]
  ])
    expect(await uploadsOf().receive(uploadId, from ?? 0, Readable.from([bytes.subarray(from, to)]))).toEqual({
      accepted: true,
      received: to
    })
  const upload = await uploadsOf().whole(uploadId)
  expect(await readFile(path, 'utf8')).toBe('main')
  expect(await readFile(join(path, '..', 'Case', 'deep', 'Data0.dat'), 'utf8')).toBe('pixels')
  expect(uploadedFile(upload)).toMatchObject({ path, name: 'Case.mrxs', isFolder: false })
  await expect(uploadsOf().receive(uploadId, 10, Readable.from([Buffer.from('x')]))).rejects.toMatchObject({
    code: 'upload-too-large'
  })
  const series = await uploadsOf().create('series', 1, [{ path: 'series/1.dcm', sizeBytes: 1 }])
  expect(uploadedFile(series)).toMatchObject({ name: 'series', isFolder: true })
})

test.each([
  ['a.mrxs', 1, ['a.mrxs', '../b'], /name has an empty/],
  ['a.mrxs', 2, ['a.mrxs', 'A.mrxs'], /occurs twice/],
  ['a.mrxs', 2, ['a.mrxs', 'a.mrxs/b'], /both a file and a folder/],
  ['about.json', 1, ['about.json'], /taken/],
  ['a', 2, ['a/1', 'b/1'], /main file is not among/],
  ['a', 3, ['a/1', 'a/2'], /2 bytes together, not 3/]
])(
  'a slide of several files that can’t lie beside each other is refused: %s of %i bytes in %j',
  async (name, sizeBytes, paths, why) => {
    const files = paths.map((path) => ({ path, sizeBytes: 1 }))
    const refused = await uploadsOf()
      .create(name, sizeBytes, files)
      .catch((thrown: unknown) => thrown)
    expect(refused).toMatchObject({ code: 'bad-upload', class: 'input', message: expect.stringMatching(why) })
  }
)

test('an upload never grows beyond what was announced or allowed', async () => {
  await expect(uploadsOf().create('big.svs', 101)).rejects.toMatchObject({ code: 'upload-too-large', class: 'input' })
  const { uploadId } = await uploadsOf().create('small.svs', 3)
  await expect(uploadsOf().receive(uploadId, 0, Readable.from([Buffer.from('abcdef')]))).rejects.toMatchObject({
    code: 'upload-too-large'
  })
})

test('an upload becomes one job only, and is let go of twice without complaint', async () => {
  const uploads = uploadsOf()
  const { uploadId, path } = await uploads.create('a.svs', 0)
  await uploads.take(uploadId)
  await expect(uploads.whole(uploadId)).rejects.toMatchObject({ code: 'upload-taken', class: 'input' })
  await uploads.remove(uploadId)
  await uploads.remove(uploadId)
  expect(existsSync(path)).toBe(false)
  await expect(uploads.remove('../uploads')).rejects.toMatchObject({ code: 'unknown-upload' })
})

test('an upload that is taken while uploads are tidied stays, and so does one that is just being made', async () => {
  const uploads = uploadsOf()
  const { uploadId } = await uploads.create('a.svs', 0)
  const halfMade = join(folder, 'uploads', '00000000-0000-0000-0000-000000000000')
  await mkdir(halfMade)
  const stored = new Set<string>()
  const tidying = uploads.sweep(async () => stored)
  stored.add(uploadId)
  await uploads.take(uploadId)
  await tidying
  expect((await uploads.get(uploadId)).submitted).toBe(true)
  expect(existsSync(halfMade)).toBe(true)
})

test.skipIf(process.platform !== 'linux')(
  'a disk that fills up during an upload is said in words (/dev/full of Linux)',
  async () => {
    const uploads = uploadsOf()
    const { uploadId, path } = await uploads.create('a.svs', 3)
    await rm(path)
    await symlink('/dev/full', path)
    await expect(uploads.receive(uploadId, 0, Readable.from([Buffer.from('abc')]))).rejects.toMatchObject({
      code: 'disk-full',
      class: 'input'
    })
  }
)

test('a name from a browser stays inside its folder and keeps its ending', async () => {
  for (const name of ['../../evil.svs', '..\\..\\evil.svs', '/etc/evil.svs', '...evil.svs'])
    expect((await uploadsOf().create(name, 0)).name).toBe('evil.svs')
  expect((await uploadsOf().create(`${'é'.repeat(300)}.svs`, 0)).name).toMatch(/\.svs$/)
  for (const name of ['about.json', 'CON.svs', 'nul', '...'])
    expect((await uploadsOf().create(name, 0)).name).toMatch(/^upload-/)
  await expect(uploadsOf().get('../../..')).rejects.toMatchObject({ code: 'unknown-upload' })
})

test('uploads that nobody submitted go after a day, those of listed jobs stay', async () => {
  const clock = new FakeClock()
  const uploads = uploadsOf(clock)
  const abandoned = await uploads.create('a.svs', 0)
  const wanted = await uploads.create('b.svs', 0)
  const orphaned = await uploads.create('c.svs', 0)
  for (const { uploadId } of [wanted, orphaned]) await uploads.take(uploadId)
  clock.advance(25 * 3_600_000)
  await uploads.sweep(async () => new Set([wanted.uploadId]))
  await expect(uploads.get(abandoned.uploadId)).rejects.toThrow()
  await expect(uploads.get(orphaned.uploadId)).rejects.toThrow()
  expect((await uploads.get(wanted.uploadId)).submitted).toBe(true)
})

test('a folder lists folders first, without what is hidden, and names the way up', async () => {
  await writeFile(join(folder, 'a.svs'), 'abc')
  await writeFile(join(folder, '.hidden'), '')
  await createFolder(join(folder, 'z', 'deep'))
  const listing = await listFolder(folder, [folder])
  expect(listing.entries.map(({ name, isFolder, sizeBytes }) => [name, isFolder, sizeBytes])).toEqual([
    ['z', true, undefined],
    ['a.svs', false, 3]
  ])
  expect(listing.places.map((place) => place.path)).toContain(folder)
  await expect(listFolder(join(folder, 'gone'), [])).rejects.toMatchObject({ code: 'not-readable', class: 'input' })
  await expect(createFolder(join(folder, 'a.svs', 'below'))).rejects.toMatchObject({ code: 'not-writable' })
})
