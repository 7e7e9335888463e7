import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildTiff } from '../../../testing/build-tiff.ts'
import { tempDir } from '../../../testing/temp-dir.ts'
import { openSlideLibrary } from './library.ts'
import { readWith } from './read-with.ts'
import { withoutPaths } from './slide-handle.ts'
import { writeMirax } from './testing/build-mirax.ts'
import { openSlideHere } from './testing/openslide-here.ts'

let dir: Awaited<ReturnType<typeof tempDir>>
beforeAll(async () => {
  dir = await tempDir()
})
afterAll(() => dir[Symbol.asyncDispose]())

const without = (path: string) => readWith(() => undefined, path).catch((error) => error)
const unasked = () => {
  throw new Error('the library was loaded')
}
async function made(name: string, bytes: string | Buffer): Promise<string> {
  await writeFile(join(dir.path, name), bytes)
  return join(dir.path, name)
}

const pixels = { 256: [8], 257: [8], 258: [8], 259: [1], 262: [1], 273: [8], 279: [64] }
const tiff = (tags: Record<number, string | number[]>, big = false) =>
  buildTiff([{ tags: { ...pixels, ...tags } }], { data: Buffer.alloc(64), big })
const scn = '<?xml version="1.0"?><scn xmlns="http://www.leica-microsystems.com/scn/2010/10/01">'
const vms = '[Virtual Microscope Specimen]\nNoJpegColumns=1\nNoJpegRows=1\n'

test('Without OpenSlide every format that needs it says just that, and what to install', async () => {
  const files = {
    'Hamamatsu NDPI': await made('a.ndpi', tiff({ 65420: [1] })),
    'Leica SCN': await made('a.scn', tiff({ 270: scn }, true)),
    'Ventana BIF': await made('a.bif', tiff({ 700: '<EncodeInfo><iScan Mode="x"/></EncodeInfo>' })),
    'Trestle TIFF': await made('trestle.tif', tiff({ 305: 'MedScan 1.0' })),
    'Hamamatsu VMS': await made('a.vms', vms),
    'Hamamatsu VMU': await made('a.vmu', vms.replace('[', '[Uncompressed ')),
    'Sakura svslide': await made('a.svslide', ''),
    'MIRAX MRXS': await writeMirax(dir.path, 'a', { columns: 1, rows: 1, imagePx: 8, format: 'PNG', levels: [[]] })
  }
  const database = new DatabaseSync(files['Sakura svslide'])
  database.exec('CREATE TABLE DataManagerSQLiteConfigXPO (TableName TEXT)')
  database.close()
  for (const [format, path] of Object.entries(files)) {
    const error = await without(path)
    expect(error, format).toMatchObject({ code: 'tool-missing', class: 'node' })
    expect(error.message).toBe(`This is a slide of format ${format}, which needs OpenSlide; it is not installed here.`)
    expect(error.hint).toMatch(/install|Unpack/i)
  }
})

test('Zeiss CZI needs a newer OpenSlide than the one that Debian has', async () => {
  const path = await made('a.czi', Buffer.concat([Buffer.from('ZISRAWFILE'), Buffer.alloc(100)]))
  expect((await without(path)).message).toContain('Zeiss CZI, which needs OpenSlide 4.0; it is not installed here')
  const old = { ...noLibrary(), version: '3.4.1', detectVendor: async () => null }
  expect(await readWith(() => old, path).catch((error) => error)).toMatchObject({
    code: 'tool-missing',
    message: 'This is a slide of format Zeiss CZI, which needs OpenSlide 4.0; 3.4.1 is installed here.'
  })
  const newer = { ...old, version: '4.0.1' }
  expect(await readWith(() => newer, path).catch((error) => error)).toMatchObject({ code: 'damaged' })
})

test('Other TIFFs, pictures, texts and databases are left to others, and OpenSlide is not even loaded for the latter', async () => {
  expect(await without(await made('a.tif', tiff({})))).toBeUndefined()
  const others = {
    'a.png': Buffer.from('89504e470d0a1a0a', 'hex'),
    'a.txt': 'Virtual Microscope Specimen',
    'a.db': 'SQLite format 3\0',
    empty: ''
  }
  for (const [name, bytes] of Object.entries(others))
    expect(await readWith(unasked, await made(name, bytes)), name).toBeUndefined()
})

test('A TIFF that is cut short or points nowhere is nothing of a scanner', async () => {
  const whole = tiff({ 65420: [1] })
  for (const bytes of [
    whole.subarray(0, 8),
    whole.subarray(0, whole.length - 20),
    Buffer.from('II*\0\xff\xff\xff\x7f', 'latin1')
  ])
    expect(await without(await made('cut.tif', bytes))).toBeUndefined()
})

test.skipIf(!openSlideHere)(
  'What looks like a scanner’s and is refused by OpenSlide is damaged, without its name',
  async () => {
    const library = () => openSlideLibrary(process.env.MICROTOME_OPENSLIDE_PATH)
    const ndpi = await made('Doe Jane.ndpi', tiff({ 65420: [1] }))
    const error = await readWith(library, ndpi).catch((thrown) => thrown)
    expect(error).toMatchObject({ code: 'damaged', class: 'input' })
    expect(error.message).toContain('NDPI')
    expect(`${error.message}${error.hint}`).not.toMatch(/Doe|Jane|microtome-test/)
  }
)

test('Of what OpenSlide says neither folders nor names are passed on', () => {
  const path = '/data/Doe, Jane/S19-123 HE.mrxs'
  const bare = (reason: string) => withoutPaths(reason, path)
  expect(bare(`Can't open ${path}: No such file`)).toBe("Can't open the file: No such file")
  expect(bare("Couldn't open /data/Doe, Jane/S19-123 HE/Data0001.dat: gone")).toBe("Couldn't open a file: gone")
  expect(bare('Bad JPEG in S19-123 HE(1,0).jpg: 3')).toBe('Bad JPEG in a file: 3')
  expect(bare("Can't read HEIGHT of HEADER")).toBe("Can't read HEIGHT of HEADER")
})

function noLibrary() {
  const none = () => {
    throw new Error('never asked')
  }
  return {
    path: '',
    open: none,
    close: none,
    getError: none,
    levelCount: none,
    levelDimensions: none,
    levelDownsample: none,
    readRegion: none,
    propertyNames: none,
    propertyValue: none,
    associatedNames: none,
    associatedDimensions: none,
    readAssociated: none
  }
}
