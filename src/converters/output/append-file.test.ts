import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { tempDir } from '../testing/temp-dir.ts'
import { AppendFile } from './append-file.ts'

test('pieces of any size, copied or given, lie behind each other in the order in which they came', async () => {
  await using dir = await tempDir()
  const piece = fc.record({ sizeBytes: fc.oneof(fc.nat(300), fc.nat(3 << 20)), given: fc.boolean() })
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (pieces) => {
      const path = join(dir.path, 'a')
      const told: number[] = []
      const file = await AppendFile.open(path, (upTo) => told.push(upTo))
      file.restart(0)
      const expected: Buffer[] = []
      for (const [i, { sizeBytes, given }] of pieces.entries()) {
        const bytes = Buffer.alloc(sizeBytes, i + 1)
        expected.push(Buffer.from(bytes))
        if (given) await file.give(bytes)
        else {
          await file.append(bytes)
          bytes.fill(0)
        }
      }
      await file.flush()
      await file.close()
      expect(Buffer.compare(await readFile(path), Buffer.concat(expected))).toBe(0)
      expect(told).toEqual(told.toSorted((a, b) => a - b))
    }),
    { numRuns: 10 }
  )
})

test('it goes on where a file ends, reads what it has not written yet, and can be cut', async () => {
  await using dir = await tempDir()
  const path = join(dir.path, 'a')
  await writeFile(path, 'before ')
  const file = await AppendFile.open(path)
  await file.append(Buffer.from('after'))
  expect(`${await file.read(5, 4)}`).toBe('e af')
  await file.patch(0, Buffer.from('BE'))
  await file.truncate(9)
  await file.append(Buffer.from('!'))
  await file.flush()
  await file.close()
  expect(await readFile(path, 'utf8')).toBe('BEfore af!')
})

test('a failure of the disk is thrown by what comes next', async () => {
  await using dir = await tempDir()
  const file = await AppendFile.open(join(dir.path, 'a'))
  await file.close()
  file.append(Buffer.alloc(3 << 20))
  await expect(file.flush()).rejects.toThrow()
  expect(() => file.append(Buffer.alloc(1))).toThrow()
})
