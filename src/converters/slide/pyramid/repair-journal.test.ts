import { readdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tempDir } from '../../testing/temp-dir.ts'
import { newPixels } from '../pixels/pixel-window.ts'
import { type SourceLevel, TileDamaged } from '../source.ts'
import { Repair } from './repair.ts'
import { RepairJournal } from './repair-journal.ts'
import type { RepairedTile } from './repaired-tile.ts'

const tile = (column: number, reason = 'it has no "head"\nat all'): RepairedTile => ({
  level: 0,
  column,
  row: 3,
  how: 'background',
  reason
})

async function noted(...columns: number[]) {
  const dir = await tempDir()
  const path = join(dir.path, 'repairs.journal')
  const journal = RepairJournal.open(path, false)
  for (const column of columns) journal.note(tile(column))
  return { path, [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose]() }
}

test('tiles that were noted are found by the run that takes up, whatever their reasons say', async () => {
  await using place = await noted(1, 2)
  const second = RepairJournal.open(place.path, true)
  expect(second.found).toEqual([tile(1), tile(2)])
  second.note(tile(5))
  expect(RepairJournal.open(place.path, true).found).toEqual([tile(1), tile(2), tile(5)])
})

test('a line that was cut short is left out, and does not spoil the one behind it', async () => {
  await using place = await noted(1, 2)
  await truncate(place.path, (await readFile(place.path)).length - 9)
  const second = RepairJournal.open(place.path, true)
  expect(second.found).toEqual([tile(1)])
  second.note(tile(7))
  expect(RepairJournal.open(place.path, true).found).toEqual([tile(1), tile(7)])
})

test('lines that are no tiles are passed over', async () => {
  await using place = await noted(1)
  const more = ['{}', 'null', '\0\0\0', JSON.stringify({ ...tile(2), how: 'magic' }), JSON.stringify(tile(3))]
  await writeFile(place.path, `${await readFile(place.path, 'utf8')}${more.join('\n')}`)
  expect(RepairJournal.open(place.path, true).found).toEqual([tile(1), tile(3)])
})

test('what another task noted is dropped, and a task without repairs leaves no file', async () => {
  await using place = await noted(1)
  expect(RepairJournal.open(place.path, false).found).toEqual([])
  expect(await readdir(join(place.path, '..'))).toEqual([])
  expect(RepairJournal.open(place.path, true).found).toEqual([])
})

test('a repair goes on with the list that a killed one noted: each tile once, in its place', async () => {
  await using place = await noted(4, 2)
  const grid = { widthPx: 64, heightPx: 64, tileWidthPx: 8, tileHeightPx: 8 }
  const level: SourceLevel = { ...grid, readTiles: async () => [], decode: async () => undefined }
  const repair = new Repair([level], '#ffffff', RepairJournal.open(place.path, true))
  for (const column of [4, 3])
    await repair.mend(0, { column, row: 3, stored: true }, newPixels(8, 8), new TileDamaged('it is no JPEG'))
  expect(repair.repaired.map(({ column }) => column)).toEqual([2, 3, 4])
  expect(RepairJournal.open(place.path, true).found.map(({ column }) => column)).toEqual([4, 2, 3])
})
