import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tempDir } from '../../../testing/temp-dir.ts'
import { findWords, wordsToFind } from './find-words.ts'

const word = 'Surname & Gïven'

test.each([
  ['utf-8', Buffer.from('…SURNAME & Gïven…')],
  ['latin-1', Buffer.from('surname & gïven', 'latin1')],
  ['utf-16le', Buffer.from(`\0${word.toLowerCase()}`, 'utf16le')],
  ['utf-16be', Buffer.from(word, 'utf16le').swap16()],
  ['xml', Buffer.from('<a b="Surname &amp; Gïven"/>')],
  ['utf-8', Buffer.from(JSON.stringify({ icc: Buffer.from(`${'.'.repeat(40)}${word}`).toString('base64') }))]
])('a word as %s amid other bytes is found', async (as, bytes) => {
  await using dir = await tempDir()
  await mkdir(join(dir.path, 'a'))
  await writeFile(join(dir.path, 'a', 'b.bin'), Buffer.concat([Buffer.from('{"x": 1}'), bytes]))
  expect(await findWords([word, 'nothing'], dir.path)).toContainEqual({ file: join('a', 'b.bin'), word, as })
})

test('a word in the name of a file is found', async () => {
  await using dir = await tempDir()
  await writeFile(join(dir.path, 'case-0001.jpeg'), '')
  expect(await findWords(['CASE-0001'], dir.path)).toMatchObject([{ word: 'CASE-0001' }])
})

test('words that say nothing are refused, not looked over', async () => {
  await expect(findWords(['7'], '.')).rejects.toThrow('too short')
})

test('numbers and what is too short are not looked for', () => {
  const values = ['SURNAME^GIVENNAME 1950', '25.691574', 'b']
  expect(wordsToFind(values.map((value) => ({ tag: 'Title', value })))).toEqual(['SURNAME^GIVENNAME 1950'])
})

test('nothing is found where nothing stands', async () => {
  await using dir = await tempDir()
  await writeFile(join(dir.path, 'a.txt'), 'surname & given')
  expect(await findWords([word], dir.path)).toEqual([])
})
