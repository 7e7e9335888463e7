import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { MicrotomeError } from '../../shared/errors.ts'
import { ExpandSink } from './index.ts'
import { storedZip } from './testing/stored-zip.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'microtome-expand-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

/** Expands and answers the error, if any, after discarding as a receiver does. */
async function expand(out: string, bytes: Buffer): Promise<unknown> {
  const sink = new ExpandSink(out, bytes.length)
  try {
    for (let at = 0; at < bytes.length; at += 50) await sink.write(bytes.subarray(at, at + 50))
    await sink.finish()
  } catch (error) {
    await sink.discard()
    return error
  }
  return undefined
}

test('whatever the names and bytes are, nothing is written outside and a refused archive leaves nothing', async () => {
  const part = fc.constantFrom('a', 'b', '..', '.', '', 'C:', '\\', 'result', 'NUL', 'x '.repeat(2), 'é')
  const name = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'))
  const data = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes))
  const archive = fc.array(fc.record({ name, data }), { minLength: 1, maxLength: 4 })
  const flip = fc.option(fc.tuple(fc.nat(), fc.nat(255)))
  let run = 0
  await fc.assert(
    fc.asyncProperty(archive, flip, async (entries, change) => {
      const base = join(dir, String(run++))
      const out = join(base, 'in', 'staging')
      await mkdir(out, { recursive: true })
      const bytes = storedZip(entries)
      if (change) bytes[change[0] % bytes.length] = change[1]
      const error = await expand(out, bytes)
      if (error !== undefined) expect(error).toBeInstanceOf(MicrotomeError)
      if (error !== undefined) expect(await readdir(out)).toEqual([])
      expect([await readdir(base), await readdir(join(base, 'in'))]).toEqual([['in'], ['staging']])
    }),
    { numRuns: 150 }
  )
})

test('a file that is there already is never written over', async () => {
  await writeFile(join(dir, 'keep.txt'), 'mine')
  const bytes = storedZip([
    { name: 'other', data: Buffer.from('x') },
    { name: 'keep.txt', data: Buffer.from('yours') }
  ])
  const sink = new ExpandSink(dir, bytes.length)
  await sink.write(bytes)
  await expect(sink.finish()).rejects.toMatchObject({ code: 'cannot-write' })
})
