import { execFileSync } from 'node:child_process'
import { open, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tempDir } from '../testing/temp-dir.ts'
import { hasProgram } from '../testing/tools.ts'
import { StoredZip } from './stored-zip.ts'
import { withZip } from './zip-directory.ts'

test('sizes and CRC stand in the local headers, so that a receiver can expand while it reads', async () => {
  await using dir = await tempDir()
  const path = join(dir.path, 'a.zip')
  await writeFile(join(dir.path, 'big'), Buffer.alloc(3_000_000, 7))
  const zip = await StoredZip.create(path)
  await zip.addBuffer('first.txt', Buffer.from('123456789'))
  await zip.addFile('big', join(dir.path, 'big'), 3_000_000)
  await zip.finish()
  const file = await open(path)
  const { buffer } = await file.read(Buffer.alloc(120), 0, 120, 0)
  await file.close()
  expect(buffer.readUInt16LE(6) & 8).toBe(0)
  // The CRC-32 check value of "123456789" from the catalogue of CRC algorithms.
  expect(buffer.readUInt32LE(14)).toBe(0xcbf43926)
  const second = 30 + 'first.txt'.length + 9
  expect(buffer.readUInt32LE(second)).toBe(0x04034b50)
  expect(buffer.readUInt32LE(second + 18)).toBe(3_000_000)
  if (hasProgram('unzip', '-v')) execFileSync('unzip', ['-tqq', path])
})

test('70,000 entries need zip64 and come back in order', async () => {
  await using dir = await tempDir()
  const path = join(dir.path, 'many.zip')
  const zip = await StoredZip.create(path)
  for (let i = 0; i < 70_000; i++) await zip.addBuffer(`tiles/${i}`, Buffer.from(`${i}`))
  await zip.finish()
  const seen = await withZip(path, async (entries) => {
    let count = 0
    for await (const { name, stored, read } of entries) {
      if (name !== `tiles/${count}` || !stored) throw new Error(`entry ${count} is ${name}`)
      if (count % 20_000 === 0) expect(`${await read()}`).toBe(`${count}`)
      count++
    }
    return count
  })
  expect(seen).toBe(70_000)
  if (hasProgram('unzip', '-v')) execFileSync('unzip', ['-tqq', path])
})

test('what is no zip is said to be none', async () => {
  await using dir = await tempDir()
  await writeFile(join(dir.path, 'x'), 'not a zip at all, only some words that fill the line')
  await expect(withZip(join(dir.path, 'x'), async () => {})).rejects.toMatchObject({ code: 'verify-failed' })
})
