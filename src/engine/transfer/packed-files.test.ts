import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ExpandSink } from './expand-sink.ts'
import { PackedFiles } from './packed-files.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'microtome-packed-'))
  await mkdir(join(folder, 'out'))
})
afterEach(() => rm(folder, { recursive: true }))

async function file(name: string, content: Buffer | string) {
  const path = join(folder, `of ${name.replaceAll('/', '_')}`)
  await writeFile(path, content)
  return { name, path, sizeBytes: Buffer.byteLength(content) }
}

test('files come out again as they went in, whichever byte a connection begins with', async () => {
  const large = Buffer.alloc(1_300_000, 'slide ')
  const packed = new PackedFiles([
    await file('source.mrxs', 'main'),
    await file('source/Data0.dat', large),
    await file('source/é.ini', '')
  ])
  const whole = await buffer(packed.read(0))
  expect(whole).toHaveLength(packed.sizeBytes)
  for (const offset of [1, 30, 45, 46, 90, 700_000, packed.sizeBytes - 22, packed.sizeBytes - 1])
    expect((await buffer(packed.read(offset))).equals(whole.subarray(offset)), `from ${offset}`).toBe(true)
  const sink = new ExpandSink(join(folder, 'out'), packed.sizeBytes)
  await sink.write(whole)
  await sink.finish()
  expect(await readFile(join(folder, 'out', 'source.mrxs'), 'utf8')).toBe('main')
  expect((await readFile(join(folder, 'out', 'source', 'Data0.dat'))).equals(large)).toBe(true)
  expect(await readFile(join(folder, 'out', 'source', 'é.ini'), 'utf8')).toBe('')
})

test('a file that became shorter ends the stream in words', async () => {
  const one = await file('a', 'abcdef')
  const packed = new PackedFiles([one, await file('b', 'xyz')])
  await truncate(one.path, 3)
  await expect(buffer(packed.read(0))).rejects.toMatchObject({ code: 'source-changed' })
})

test.skipIf(process.platform === 'win32')('a file of more than 4 GiB says its size in 64 bits', async () => {
  const path = join(folder, 'sparse')
  execFileSync('truncate', ['-s', '5G', path])
  const packed = new PackedFiles([{ name: 'a', path, sizeBytes: 5 * 2 ** 30 }])
  const sizes: number[] = []
  const { StoredZipReader } = await import('./stored-zip-reader.ts')
  const reader = new StoredZipReader(
    { entries: 1, totalBytes: packed.sizeBytes },
    { entry: (_name, sizeBytes) => sizes.push(sizeBytes), data: () => {}, endEntry: () => {} }
  )
  for await (const chunk of packed.read(0)) {
    reader.push(chunk)
    break
  }
  expect(sizes).toEqual([5 * 2 ** 30])
})
