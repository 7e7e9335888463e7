import { execFileSync } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { ForkedChild } from '../../testing/forked-child.ts'
import { psnr } from '../../testing/psnr.ts'
import { tempDir } from '../../testing/temp-dir.ts'
import { hasProgram } from '../../testing/tools.ts'
import { packed, partOf } from '../pixels/pixel-window.ts'
import { sidecar } from '../sidecar.ts'
import { type Damage, motif, tilePx, wornSlide } from './testing/worn-slide.ts'

// On a machine that is busy with other tests.
vi.setConfig({ testTimeout: 60_000 })

/** `level/column_row`. Level 1 has lost what would mend the last of level 0. */
const damages: Record<string, Damage> = {
  '0/0_0': 'missing',
  '0/2_1': 'head',
  '0/5_3': 'scan',
  '0/7_7': 'missing',
  '1/1_1': 'missing'
}
const repaired = [
  { level: 0, column: 0, row: 0, how: 'from a smaller level', reason: 'not stored' },
  { level: 0, column: 2, row: 1, how: 'from a smaller level' },
  { level: 0, column: 5, row: 3, how: 'from a smaller level' },
  { level: 0, column: 7, row: 7, how: 'background', reason: 'not stored' },
  { level: 1, column: 1, row: 1, how: 'background', reason: 'not stored' }
]

/** Three tiles that look sound until they are decoded, two of them of one family. */
const hiddenPlaces = [
  { level: 0, column: 2, row: 2 },
  { level: 0, column: 3, row: 3 },
  { level: 0, column: 6, row: 5 }
]
const hidden = (level: number, column: number, row: number): Damage | undefined =>
  hiddenPlaces.some((place) => place.level === level && place.column === column && place.row === row)
    ? 'code'
    : undefined

let dir: Awaited<ReturnType<typeof tempDir>>
let child: ForkedChild
const at = (...names: string[]) => join(dir.path, ...names)

beforeAll(async () => {
  dir = await tempDir()
  child = await ForkedChild.start()
  const garbled = await wornSlide({ columns: 8, rows: 8, damage: hidden })
  await writeFile(at('garbled.svs'), garbled)
  const damage = (level: number, column: number, row: number) => damages[`${level}/${column}_${row}`]
  await writeFile(at('worn.svs'), await wornSlide({ columns: 8, rows: 8, damage }))
}, 60_000)
afterAll(async () => {
  await child[Symbol.asyncDispose]()
  await dir[Symbol.asyncDispose]()
})

async function convert(profile: string, options: Record<string, unknown> = {}, name = 'worn.svs') {
  const out = at(`${name}-${profile}-${Object.keys(options).join('-')}`)
  await mkdir(out)
  const { report } = await child.convert({
    sourcePath: at(name),
    profile,
    options: { background: '#204060', ...options },
    output: { type: 'folder', dir: out }
  })
  return { out, report, about: sidecar.parse(JSON.parse(await readFile(join(out, 'result.json'), 'utf8'))) }
}

test.each(['dzi', 'szi', 'bigtiff', 'iiif3', 'zoomify'])(
  '%s names each tile that it had to mend, in report and sidecar',
  async (profile) => {
    const { report, about } = await convert(profile)
    expect(about.repaired).toMatchObject(repaired)
    expect(report).toMatchObject({ tiles: { repaired: repaired.length }, repaired })
    for (const { reason } of about.repaired) expect(reason).toMatch(/\w/)
    const { total, copied, encoded } = about.tiles
    expect(copied + encoded).toBe(total)
  }
)

// Where no tile is copied, only what the full size lacks is missed.
test.each([{ tileSizePx: 512 }, { overlapPx: 1 }])(
  'with %o each damaged tile of the full size is named',
  async (options) => {
    const { about } = await convert('dzi', options)
    expect(about.repaired).toMatchObject(repaired.filter(({ level }) => level === 0))
  }
)

test('what stands in for a tile looks like it, or is the background', async () => {
  const { out } = await convert('dzi', { quality: 94 })
  const shown = (column: number, row: number) =>
    sharp(join(out, `result_files/11/${column}_${row}.jpeg`))
      .raw()
      .toBuffer()
  const original = (column: number, row: number) =>
    packed(partOf(motif(), column * tilePx, row * tilePx, tilePx, tilePx))
  for (const [column, row] of [
    [0, 0],
    [2, 1],
    [5, 3]
  ] as const)
    expect(psnr(await shown(column, row), original(column, row))).toBeGreaterThan(24)
  const background = Buffer.from(original(7, 7).map((_, i) => [0x20, 0x40, 0x60].at(i % 3) ?? 0))
  expect(psnr(await shown(7, 7), background)).toBeGreaterThan(40)
})

test.each(['dzi', 'szi', 'iiif3', 'zoomify'])(
  '%s: a tile that was copied and can not be decoded is replaced where it stands',
  async (profile) => {
    const { out, about } = await convert(profile, {}, 'garbled.svs')
    expect(about.repaired).toMatchObject(hiddenPlaces.map((place) => ({ ...place, how: 'from a smaller level' })))
    const { total, copied, encoded } = about.tiles
    expect(copied + encoded).toBe(total)
    if (profile === 'szi' && hasProgram('unzip', '-v')) execFileSync('unzip', ['-tqq', join(out, 'result.szi')])
    if (profile !== 'dzi') return
    for (const { column, row } of hiddenPlaces) {
      const original = packed(partOf(motif(), column * tilePx, row * tilePx, tilePx, tilePx))
      expect(
        psnr(
          await sharp(join(out, `result_files/11/${column}_${row}.jpeg`))
            .raw()
            .toBuffer(),
          original
        )
      ).toBeGreaterThan(24)
    }
  }
)
