import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type DicomWish, frameAt, syntaxes } from '../../../testing/build-dicom.ts'
import { psnr } from '../../../testing/psnr.ts'
import { tempDir } from '../../../testing/temp-dir.ts'
import { realDicom } from '../../../testing/tools.ts'
import { encodeJp2 } from '../../pixels/jp2/testing/encode-jp2.ts'
import { gridOf } from '../../source.ts'
import { readDicomSlide } from './index.ts'
import {
  decoded,
  type JpegWish,
  jpegOf,
  jpegWish,
  openContext,
  picture,
  pixelsOf,
  tilesOf,
  withSlide,
  writeSlide
} from './testing/made-slides.ts'

let dir: Awaited<ReturnType<typeof tempDir>>
let good: JpegWish
beforeEach(async () => {
  dir = await tempDir()
  good = await jpegWish()
})
afterEach(() => dir[Symbol.asyncDispose]())

const whole = picture(150, 100)
const tiles = tilesOf(whole, 64, 64)

describe('frames of JPEG', () => {
  test.each(['basic', 'extended', 'none'] as const)('are read byte for byte with offset table: %s', async (table) => {
    const wish = await jpegWish({ table })
    await withSlide(await writeSlide(dir.path, 'a.dcm', wish), async ({ levels: [level] }) => {
      const read = [...((await level?.readTiles(0, 0, 3)) ?? []), ...((await level?.readTiles(1, 0, 3)) ?? [])]
      expect(read.map(({ column, row, stored }) => [column, row, stored])).toEqual(
        [0, 1].flatMap((row) => [0, 1, 2].map((column) => [column, row, true]))
      )
      for (const [i, { bytes }] of read.entries())
        expect(bytes?.subarray(0, wish.frames[i]?.length)).toEqual(wish.frames[i])
      expect(psnr((await pixelsOf(level)).data, whole.data)).toBeGreaterThan(30)
    })
  })

  test('are found by their items where the offset table lies', async () => {
    const wish = await jpegWish()
    for (const [i, basic] of [
      [0, 0, 0, 0, 0, 0],
      [0, 10, 20, 30, 40, 50],
      [8, 4e9, 4.1e9, 4.2e9, 4.2e9 + 1, 4.2e9 + 2]
    ].entries())
      await withSlide(
        await writeSlide(dir.path, `${i}.dcm`, { ...wish, table: { basic } }),
        async ({ levels: [level] }) => expect(psnr((await pixelsOf(level)).data, whole.data)).toBeGreaterThan(30)
      )
  })

  test.each(['basic', 'none'] as const)('in several pieces are joined (offset table: %s)', async (table) => {
    const wish = await jpegWish()
    const cut = wish.frames.map((frame) => [frame.subarray(0, 100), frame.subarray(100, 300), frame.subarray(300)])
    const path = await writeSlide(dir.path, 'a.dcm', { ...wish, frames: cut, table })
    await withSlide(path, async ({ levels: [level] }) => {
      const [, second] = (await level?.readTiles(0, 0, 2)) ?? []
      expect(second?.bytes?.subarray(0, wish.frames[1]?.length)).toEqual(wish.frames[1])
    })
  })

  test('decode at half size', async () => {
    await withSlide(await writeSlide(dir.path, 'a.dcm', await jpegWish()), async ({ levels: [level] }) => {
      const half = await pixelsOf(level, 2)
      expect([half.widthPx, half.heightPx]).toEqual([75, 50])
      expect(half.data.some((sample) => sample !== 0)).toBe(true)
    })
  })

  test('can be copied, and hold what they held', async () => {
    const wish = await jpegWish()
    await withSlide(await writeSlide(dir.path, 'a.dcm', wish), async ({ levels: [level] }) => {
      const [tile] = (await level?.readTiles(0, 0, 1)) ?? []
      expect(level?.jpeg?.rgb).toBe(false)
      const copy = level?.jpeg?.complete(tile?.bytes as Buffer) as Buffer
      expect(await decoded(copy)).toEqual(await decoded(wish.frames[0] as Buffer))
    })
  })

  test('without a word of their colours are what the file says: red, green and blue get the marker that viewers know', async () => {
    const muted = tilesOf(picture(150, 100), 64, 64).map((tile) => ({
      ...tile,
      data: Buffer.from(tile.data.map((x) => 96 + x / 4))
    }))
    const frames = await Promise.all(muted.map((tile) => jpegOf(asIfYcbcr(tile.data, tile.widthPx, tile.heightPx))))
    const path = await writeSlide(dir.path, 'a.dcm', await jpegWish({ frames, photometric: 'RGB' }))
    await withSlide(path, async ({ levels: [level] }) => {
      expect(level?.jpeg?.rgb).toBe(true)
      const [tile] = (await level?.readTiles(0, 0, 1)) ?? []
      const copy = level?.jpeg?.complete(tile?.bytes as Buffer) as Buffer
      expect(copy.indexOf('Adobe')).toBe(6)
      expect(psnr(await decoded(copy), muted[0]?.data as Buffer)).toBeGreaterThan(30)
      expect(
        psnr(
          (await pixelsOf(level)).data,
          whole.data.map((x) => 96 + x / 4)
        )
      ).toBeGreaterThan(30)
    })
  })

  test('that say YCbCr themselves are taken for it although the file says RGB', async () => {
    const marked = (await jpegWish()).frames.map(withJfif)
    const subsampled = await Promise.all(tiles.map((tile) => jpegOf(tile, '4:2:0')))
    for (const [i, frames] of [marked, subsampled].entries()) {
      const path = await writeSlide(dir.path, `${i}.dcm`, await jpegWish({ frames, photometric: 'RGB' }))
      await withSlide(path, async ({ levels: [level] }) => {
        expect(level?.jpeg?.rgb).toBe(false)
        expect(psnr((await pixelsOf(level)).data, whole.data)).toBeGreaterThan(25)
      })
    }
  })
})

describe('a sparse slide', () => {
  test('has its frames where they say, and tells which tiles it lacks', async () => {
    const { frames } = await jpegWish()
    const [a, , b] = frames as [Buffer, Buffer, Buffer]
    const wish = await jpegWish({
      frames: [b, a],
      cells: [
        [2, 0],
        [0, 0]
      ]
    })
    for (const delimited of [false, true])
      await withSlide(
        await writeSlide(dir.path, `${delimited}.dcm`, { ...wish, delimited }),
        async ({ levels: [level] }) => {
          const row = (await level?.readTiles(0, 0, 3)) ?? []
          expect(row.map(({ stored }) => stored)).toEqual([true, false, true])
          expect(row[0]?.bytes?.subarray(0, a.length)).toEqual(a)
          expect(row[2]?.bytes?.subarray(0, b.length)).toEqual(b)
        }
      )
  })

  test('is read right where neighbours lie apart in the file', async () => {
    const [a, b, c] = good.frames as [Buffer, Buffer, Buffer]
    const cells: DicomWish['cells'] = [
      [0, 0],
      [2, 0],
      [1, 0]
    ]
    await withSlide(await writeSlide(dir.path, 'a.dcm', { ...good, frames: [a, c, b], cells }), async (source) => {
      const row = (await source.levels[0]?.readTiles(0, 0, 3)) ?? []
      expect(row.map(({ bytes }, i) => bytes?.subarray(0, good.frames[i]?.length))).toEqual([a, b, c])
    })
  })

  test('of several focal planes and optical paths shows the first', async () => {
    const [near, far, other] = good.frames as [Buffer, Buffer, Buffer]
    const groups = [frameAt(1, 1, '0.001', 'A'), frameAt(1, 1, '0.002', 'A'), frameAt(65, 1, '0.001', 'B')]
    const path = await writeSlide(dir.path, 'a.dcm', {
      ...good,
      widthPx: 128,
      heightPx: 64,
      frames: [near, far, other],
      cells: [],
      attributes: [
        ['00480303', 'UL', 2],
        ['52009230', 'SQ', groups]
      ]
    })
    expect((await readDicomSlide(path))?.chosen).toBe('first of 2 focal planes')
    await withSlide(path, async ({ levels: [level] }) => {
      const tiles = (await level?.readTiles(0, 0, 2)) ?? []
      expect(tiles[0]?.bytes?.subarray(0, near.length)).toEqual(near)
      expect(tiles[1]?.stored).toBe(false)
    })
  })

  test('whose frames form no grid is refused', async () => {
    const wish = await jpegWish({
      cells: [
        [0, 0],
        [1, 0],
        [2, 0],
        [0, 1],
        [1, 1],
        [1.5, 1]
      ]
    })
    const slide = await readDicomSlide(await writeSlide(dir.path, 'a.dcm', wish))
    await expect(slide?.open(openContext)).rejects.toMatchObject({
      code: 'not-recognised',
      class: 'input',
      message: "The DICOM slide's frames do not form one grid: frame 6 lies at column 97, row 65, in tiles of 64 x 64."
    })
  })
})

describe('other pixels', () => {
  test.each([syntaxes.explicit, syntaxes.implicit])('uncompressed ones are read as they are (%s)', async (syntax) => {
    const wish = { syntax, widthPx: 150, heightPx: 100, tilePx: 64, frames: tiles.map(({ data }) => data) }
    await withSlide(await writeSlide(dir.path, 'a.dcm', wish), async ({ levels: [level] }) => {
      expect(level?.jpeg).toBeUndefined()
      expect((await pixelsOf(level)).data).toEqual(whole.data)
    })
  })

  test('planes of one colour each are put together', async () => {
    const frames = tiles.map(({ data }) =>
      Buffer.concat([0, 1, 2].map((colour) => data.filter((_, i) => i % 3 === colour)))
    )
    const wish = { syntax: syntaxes.explicit, widthPx: 150, heightPx: 100, tilePx: 64, frames }
    const path = await writeSlide(dir.path, 'a.dcm', { ...wish, attributes: [['00280006', 'US', 1]] })
    await withSlide(path, async ({ levels: [level] }) => expect((await pixelsOf(level)).data).toEqual(whole.data))
  })

  test('grey becomes grey of three samples, at half size too', async () => {
    const frames = [Buffer.from([10, 20, 30, 40])]
    const wish = { syntax: syntaxes.explicit, widthPx: 2, heightPx: 2, tilePx: 2, samples: 1 as const, frames }
    await withSlide(await writeSlide(dir.path, 'a.dcm', wish), async ({ levels: [level] }) => {
      expect([...(await pixelsOf(level)).data]).toEqual([10, 20, 30, 40].flatMap((grey) => [grey, grey, grey]))
      expect([...(await pixelsOf(level, 2)).data]).toEqual([25, 25, 25])
    })
  })

  test('JPEG 2000 is decoded to the very same pixels', async () => {
    const frames = await Promise.all(tiles.map(({ data }) => encodeJp2({ samples: data, widthPx: 64, heightPx: 64 })))
    const wish = { syntax: syntaxes.jpeg2000, widthPx: 150, heightPx: 100, tilePx: 64, frames, photometric: 'YBR_RCT' }
    await withSlide(await writeSlide(dir.path, 'a.dcm', wish), async ({ levels: [level] }) => {
      expect(level?.jpeg).toBeUndefined()
      expect((await pixelsOf(level)).data).toEqual(whole.data)
    })
  })

  test('tiles need not be square', async () => {
    const frames = tilesOf(whole, 80, 32).map(({ data }) => data)
    const path = await writeSlide(dir.path, 'a.dcm', {
      syntax: syntaxes.explicit,
      widthPx: 150,
      heightPx: 100,
      tilePx: [80, 32],
      frames
    })
    expect((await readDicomSlide(path))?.tileSizePx).toBeUndefined()
    await withSlide(path, async ({ levels: [level] }) => expect((await pixelsOf(level)).data).toEqual(whole.data))
  })
})

describe.skipIf(!realDicom)('a real slide', () => {
  const path = realDicom ?? ''

  test('says its size, scale and tiles', async () => {
    expect(await readDicomSlide(path)).toMatchObject({
      format: 'DICOM WSI',
      reader: 'dicom',
      widthPx: 1152,
      heightPx: 700,
      tileSizePx: 256,
      levels: [{ widthPx: 1152, heightPx: 700 }],
      properties: { mpp: 28.969, mppY: 28.968 },
      associated: []
    })
  })

  test('decodes to what an independent decoder makes of every frame', async () => {
    await withSlide(path, async ({ levels: [level] }) => {
      const whole = await pixelsOf(level)
      expect(level && gridOf(level)).toEqual({ columns: 5, rows: 3 })
      for (let row = 0; row < 3; row++)
        for (const { bytes, column } of (await level?.readTiles(row, 0, 5)) ?? []) {
          const tile = await decoded(bytes as Buffer)
          for (let y = 0; y < 256 && row * 256 + y < 700; y++) {
            const width = Math.min(256, 1152 - column * 256) * 3
            const at = ((row * 256 + y) * 1152 + column * 256) * 3
            expect(whole.data.subarray(at, at + width).equals(tile.subarray(y * 768, y * 768 + width))).toBe(true)
          }
        }
    })
  })
})

/** Planes that a JPEG encoder's transform to YCbCr turns into the given samples: a JPEG of RGB as scanners write it. */
function asIfYcbcr(rgb: Buffer, widthPx: number, heightPx: number) {
  const data = Buffer.alloc(rgb.length)
  for (let i = 0; i < rgb.length; i += 3) {
    const [y, cb, cr] = [rgb[i] ?? 0, (rgb[i + 1] ?? 0) - 128, (rgb[i + 2] ?? 0) - 128]
    const back = [y + 1.402 * cr, y - 0.344136 * cb - 0.714136 * cr, y + 1.772 * cb]
    data.set(
      back.map((sample) => Math.max(0, Math.min(255, Math.round(sample)))),
      i
    )
  }
  return { data, offset: 0, strideBytes: widthPx * 3, widthPx, heightPx }
}

/** JFIF's own head: its components are Y, Cb and Cr. */
function withJfif(jpeg: Buffer): Buffer {
  const head = Buffer.from([0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0])
  return Buffer.concat([jpeg.subarray(0, 2), head, jpeg.subarray(2)])
}
