import { readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { MicrotomeError } from '../../../../shared/errors.ts'
import { buildDicom, type DicomWish, syntaxes } from '../../../testing/build-dicom.ts'
import { attributeHead, itemHead } from '../../../testing/dicom-attributes.ts'
import { tempDir } from '../../../testing/temp-dir.ts'
import { realDicom } from '../../../testing/tools.ts'
import { newPixels } from '../../pixels/pixel-window.ts'
import { gridOf, type SourceLevel, TileDamaged } from '../../source.ts'
import { readDicomSlide } from './index.ts'
import { type JpegWish, jpegWish, openContext, writeSlide } from './testing/made-slides.ts'

let dir: Awaited<ReturnType<typeof tempDir>>
let good: JpegWish
beforeEach(async () => {
  dir = await tempDir()
  good = await jpegWish()
})
afterEach(() => dir[Symbol.asyncDispose]())

/** What becomes of a file: an error, or how many of its tiles can't be used. */
async function outcomeOf(path: string): Promise<unknown> {
  try {
    const slide = await readDicomSlide(path)
    const source = await slide?.open(openContext)
    try {
      return source && (await unusableTiles(source.levels[0] as SourceLevel))
    } finally {
      await source?.close()
    }
  } catch (error) {
    return error
  }
}

/** Tiles that throw TileDamaged; anything else comes through. Of endless levels the first rows. */
async function unusableTiles(level: SourceLevel): Promise<number> {
  const { columns, rows } = gridOf(level)
  let unusable = 0
  for (let row = 0; row < Math.min(rows, 20); row++)
    for (const tile of await level.readTiles(row, 0, Math.min(columns, 20)))
      unusable += await level.decode(tile, newPixels(level.tileWidthPx, level.tileHeightPx), 1).then(
        () => 0,
        (error) => {
          if (error instanceof TileDamaged) return 1
          throw error
        }
      )
  return unusable
}

const outcome = async (wish: DicomWish) => outcomeOf(await writeSlide(dir.path, 'a.dcm', wish))
const bytesOutcome = async (bytes: Buffer) => {
  await writeFile(join(dir.path, 'a.dcm'), bytes)
  return outcomeOf(join(dir.path, 'a.dcm'))
}
const damage = (part: string) => ({ code: 'damaged', class: 'input', message: expect.stringContaining(part) })

describe('a DICOM file', () => {
  test('that is sound has no damaged tile', async () => expect(await outcome(good)).toBe(0))

  test('that is gone says so without its name', async () => {
    const path = await writeSlide(dir.path, 'Doe.dcm', good)
    const slide = await readDicomSlide(path)
    await rm(path)
    for (const error of [await outcomeOf(path), await slide?.open(openContext).catch((thrown) => thrown)])
      expect(error).toMatchObject({
        code: 'source-unreadable',
        class: 'input',
        message: "The DICOM file can't be read (ENOENT)."
      })
  })

  test('without pixel data is refused', async () => {
    expect(await outcome({ ...good, pixels: false })).toMatchObject(damage('it holds no pixel data'))
  })

  test('of another class is refused by its number', async () => {
    const bytes = buildDicom(good)
    const ct = '1.2.840.10008.5.1.4.1.1.2\0'.padEnd(30, '\0')
    expect(
      await bytesOutcome(
        Buffer.from(bytes.toString('latin1').replaceAll('1.2.840.10008.5.1.4.1.1.77.1.6', ct), 'latin1')
      )
    ).toMatchObject({
      code: 'not-recognised',
      message: 'The DICOM file is no whole slide image: its class is 1.2.840.10008.5.1.4.1.1.2.'
    })
  })

  test.each([
    ['1.2.840.10008.1.2.2', 'Explicit VR Big Endian'],
    ['1.2.840.10008.1.2.1.99', 'Deflated Explicit VR Little Endian'],
    ['1.2.840.10008.1.2.4.201', 'High-Throughput JPEG 2000 Lossless'],
    ['1.2.840.10008.1.2.4.80', 'JPEG-LS Lossless'],
    ['1.2.3.4', '1.2.3.4']
  ])('stored as %s is refused by name', async (syntax, name) => {
    expect(await outcome({ ...good, syntax })).toMatchObject({
      code: 'unsupported-compression',
      class: 'input',
      message: `The DICOM slide's pixels are stored as ${name}, which can't be decoded here.`
    })
  })

  test.each<[string, DicomWish['attributes'], string]>([
    [
      '16 bits',
      [
        ['00280100', 'US', 16],
        ['00280101', 'US', 12]
      ],
      '16 bits per sample'
    ],
    [
      'a palette',
      [
        ['00280004', 'CS', 'PALETTE COLOR'],
        ['00280002', 'US', 1]
      ],
      'PALETTE COLOR of 1 samples'
    ],
    [
      'fluorescence',
      [
        ['00280002', 'US', 1],
        ['00480302', 'UL', 3]
      ],
      'a fluorescence image of 3 optical paths'
    ]
  ])('of %s is refused', async (_, attributes, part) => {
    expect(await outcome({ ...good, attributes })).toMatchObject({
      code: 'unsupported-compression',
      class: 'input',
      message: expect.stringContaining(part)
    })
  })

  test.each<[string, DicomWish['attributes'], string]>([
    ['rows', [['00280010', 'US', 0]], '150 x 100 pixels in tiles of 64 x 0'],
    ['columns', [['00280011', 'US', 0]], 'tiles of 0 x 64'],
    ['pixels', [['00480006', 'UL', 0]], '0 x 100 pixels'],
    ['frames', [['00280008', 'IS', '0']], 'it has 0 frames'],
    ['frames of negative number', [['00280008', 'IS', '-5']], 'it has -5 frames']
  ])('that says it has no %s is refused', async (_, attributes, part) => {
    expect(await outcome({ ...good, attributes })).toMatchObject(damage(part))
  })

  test.each(['jpeg', 'explicit'] as const)(
    'that claims 2 gigapixels in a few kilobytes (%s) is refused',
    async (syntax) => {
      const tilePx = syntax === 'jpeg' ? 64 : ([64, 64] as [number, number])
      const claim = {
        ...good,
        syntax: syntaxes[syntax],
        tilePx,
        photometric: syntax === 'jpeg' ? 'YBR_FULL_422' : 'RGB'
      }
      const attributes: DicomWish['attributes'] = [['00280008', 'IS', '488281']]
      expect(await outcome({ ...claim, widthPx: 50_000, heightPx: 40_000, attributes })).toMatchObject(
        damage('tiles it holds')
      )
    }
  )

  test('that is sparse and empty is refused', async () => {
    const wish = {
      ...good,
      widthPx: 50_000,
      heightPx: 40_000,
      cells: good.frames.map((_, i) => [i, 0] as [number, number])
    }
    expect(await outcome(wish)).toMatchObject(damage('of its 488750 tiles it holds 6'))
  })

  test.each([
    ['a million pixels a side and more', 4e9, 4e9, 64],
    ['millions of tiles', 900_000, 100_000, 4]
  ])('of %s is refused', async (_, widthPx, heightPx, tilePx) => {
    expect(await outcome({ ...good, widthPx, heightPx, tilePx })).toMatchObject({ code: 'too-large', class: 'input' })
  })

  test('whose tiles have another size than it says is refused', async () => {
    expect(await outcome({ ...good, tilePx: 50 })).toMatchObject(
      damage('its tiles have 64 x 64 pixels and should have 50 x 50')
    )
  })

  test('with fewer frames than it says lacks the rest', async () => {
    expect(await outcome({ ...good, frames: good.frames.slice(0, 4), attributes: [['00280008', 'IS', '6']] })).toBe(2)
    expect(await outcome({ ...good, frames: good.frames.slice(0, 5) })).toBe(1)
  })

  test('with most of its frames gone is refused', async () => {
    expect(await outcome({ ...good, frames: good.frames.slice(0, 2) })).toMatchObject(
      damage('of its 6 tiles it holds 2')
    )
  })

  test('that is cut short keeps the tiles that are left', async () => {
    const path = await writeSlide(dir.path, 'a.dcm', good)
    const size = (await readFile(path)).length
    await truncate(path, size - 1200)
    const lost = await outcomeOf(path)
    expect(lost).toBeGreaterThan(0)
    expect(lost).toBeLessThan(4)
    for (const left of [0.3, 0.1].map((share) => Math.round(size * share))) {
      await truncate(path, left)
      expect(await outcomeOf(path)).toMatchObject({ code: 'damaged', class: 'input' })
    }
  })

  test('with an item that reaches beyond its end lacks one tile', async () => {
    const bytes = buildDicom({ ...good, table: 'none' })
    const last = bytes.lastIndexOf(itemHead(0xe000, 0).subarray(0, 4))
    bytes.writeUInt32LE(0xfffffff0, last + 4)
    expect(await bytesOutcome(bytes)).toBe(1)
  })

  test('with empty items in place of frames lacks those tiles', async () => {
    const [, ...rest] = good.frames
    expect(await outcome({ ...good, frames: [Buffer.alloc(0), ...rest] })).toBe(1)
  })

  test('with frames that are no JPEG has damaged tiles', async () => {
    const [first, ...rest] = good.frames as [Buffer, ...Buffer[]]
    expect(await outcome({ ...good, frames: [Buffer.alloc(first.length, 9), ...rest] })).toBe(1)
    expect(await outcome({ ...good, frames: good.frames.map(({ length }) => Buffer.alloc(length, 9)) })).toBe(6)
  })

  test('of a million empty items, or of as many nested ones, is refused', async () => {
    const items = Buffer.alloc(8 << 20)
    for (let at = 0; at < items.length; at += 8) itemHead(0xe000, 0).copy(items, at)
    const bomb = Buffer.concat([attributeHead('00400560', 'SQ', items.length, false), items])
    const bytes = buildDicom({ ...good, attributes: [] })
    const at = bytes.indexOf(attributeHead('00480006', 'UL', 4, false))
    expect(await bytesOutcome(Buffer.concat([bytes.subarray(0, at), bomb, bytes.subarray(at)]))).toMatchObject(
      damage('it has too many attributes')
    )
    for (let inner = 0; inner + 20 <= items.length; inner += 20) {
      attributeHead('00400560', 'SQ', 0xffffffff, false).copy(items, inner)
      itemHead(0xe000, 0xffffffff).copy(items, inner + 12)
    }
    expect(await bytesOutcome(Buffer.concat([bytes.subarray(0, at), items, bytes.subarray(at)]))).toMatchObject(
      damage('its attributes can not be read to their end')
    )
  })
})

describe('whatever is done to a file', () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true })
  /** Most edits hit the attributes, which the pixels' bytes outnumber. */
  const edits = fc.array(fc.record({ at: share, inHead: fc.boolean(), value: fc.nat(255) }), {
    minLength: 1,
    maxLength: 12
  })
  const headBytes = 3500

  test('it ends in an error that says so or in a slide with damaged tiles', async () => {
    const path = join(dir.path, 'a.dcm')
    const seeds = [buildDicom(good), buildDicom({ ...good, delimited: true, cells: cellsOf(good), table: 'extended' })]
    if (realDicom) seeds.push(await readFile(realDicom))
    const mutant = fc.asyncProperty(fc.constantFrom(...seeds), edits, fc.option(share), async (seed, changes, cut) => {
      const bytes = Buffer.from(seed)
      for (const { at, inHead, value } of changes) {
        const end = inHead ? Math.min(headBytes, seed.length) : seed.length
        bytes[132 + Math.floor(at * (end - 133))] = value
      }
      await writeFile(path, cut === null ? bytes : bytes.subarray(0, Math.floor(cut * bytes.length)))
      const result = await outcomeOf(path)
      const isClear = result instanceof MicrotomeError && result.class === 'input'
      if (!isClear && typeof result !== 'number' && result !== undefined) throw result
    })
    await fc.assert(mutant, { numRuns: 150 })
  }, 60_000)
})

function cellsOf({ frames }: JpegWish): [number, number][] {
  return frames.map((_, i) => [i % 3, Math.floor(i / 3)])
}
