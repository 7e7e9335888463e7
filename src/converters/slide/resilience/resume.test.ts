import { mkdir, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { ForkedChild, type Wish } from '../../testing/forked-child.ts'
import { tempDir } from '../../testing/temp-dir.ts'
import { killAt } from './testing/killed-child.ts'
import { contentsOf, filesOf } from './testing/tiles-of-result.ts'
import { type Damage, wornSlide } from './testing/worn-slide.ts'

// Whole pyramids, three times each, on a machine that is busy with other tests.
vi.setConfig({ testTimeout: 120_000 })

let slides: Awaited<ReturnType<typeof tempDir>>
let child: ForkedChild
const slide = (name: string) => join(slides.path, name)

const kinds: Damage[] = ['missing', 'head', 'scan', 'code']
/** One in nine of the full size. */
const damage = (level: number, column: number, row: number) =>
  level === 0 && (column + 5 * row) % 9 === 4 ? kinds[(column + row) % 4] : undefined

beforeAll(async () => {
  slides = await tempDir()
  child = await ForkedChild.start()
  await writeFile(slide('worn.svs'), await wornSlide({ columns: 24, rows: 16, damage }))
  await writeFile(slide('sound.svs'), await wornSlide({ columns: 8, rows: 4 }))
}, 60_000)
afterAll(async () => {
  await child[Symbol.asyncDispose]()
  await slides[Symbol.asyncDispose]()
})

interface Run {
  profile: string
  where: 'folder' | 'blob'
  options: Record<string, unknown>
}
type Place = Pick<Wish, 'output'> & { path: string; scratchDir: string }

/** Folders of a task's own; its result lies at `path`. */
async function placeIn(parent: string, name: string, { where }: Run): Promise<Place> {
  const [scratchDir, out] = [join(parent, name, 'scratch'), join(parent, name, 'out')]
  await Promise.all([mkdir(scratchDir, { recursive: true }), mkdir(out, { recursive: true })])
  const path = where === 'folder' ? out : join(out, 'blob')
  return { path, scratchDir, output: where === 'folder' ? { type: where, dir: path } : { type: where, path } }
}

const wishOf = ({ profile, options }: Run, { output, scratchDir }: Place, name = 'worn.svs'): Wish => ({
  sourcePath: slide(name),
  profile,
  options,
  scratchDir,
  output
})

const tilesOf = (report: Record<string, unknown>) =>
  report.tiles as { total: number; copied: number; encoded: number; resumed: number; repaired: number }

/** Single files are written in batches of 2 MB, of which two may be on their way: most of them must be made to find one. */
const shareOf = ({ profile, where }: Run) => (where === 'blob' || ['szi', 'bigtiff'].includes(profile) ? 0.9 : 0.3)

const runs: Run[] = [
  { profile: 'dzi', where: 'folder', options: {} },
  { profile: 'szi', where: 'folder', options: {} },
  { profile: 'bigtiff', where: 'folder', options: {} },
  { profile: 'iiif3', where: 'folder', options: {} },
  { profile: 'zoomify', where: 'folder', options: {} },
  { profile: 'dzi', where: 'blob', options: {} },
  { profile: 'szi', where: 'blob', options: {} },
  { profile: 'bigtiff', where: 'blob', options: {} },
  { profile: 'bigtiff', where: 'folder', options: { tileSizePx: 512 } },
  { profile: 'dzi', where: 'folder', options: { overlapPx: 1 } }
]

test.each(runs)(
  'a slide whose child was killed comes out as if nothing had happened: $profile in a $where, $options',
  async (run) => {
    await using dir = await tempDir()
    const [undisturbed, disturbed] = [await placeIn(dir.path, 'whole', run), await placeIn(dir.path, 'killed', run)]
    const whole = await child.convert(wishOf(run, undisturbed))
    await killAt(shareOf(run), wishOf(run, disturbed))
    const second = await child.convert(wishOf(run, disturbed))
    const { total, copied, encoded, resumed } = tilesOf(second.report)
    expect(resumed).toBeGreaterThan(total / 10)
    expect(copied + encoded + resumed).toBe(total)
    expect(tilesOf(whole.report)).toMatchObject({ resumed: 0, repaired: tilesOf(second.report).repaired })
    expect(second.report.repaired).toEqual(whole.report.repaired)
    expect(await contentsOf(disturbed.path)).toEqual(await contentsOf(undisturbed.path))
  }
)

test('a tile that a killed child left cut short is written anew', async () => {
  await using dir = await tempDir()
  const run: Run = { profile: 'dzi', where: 'folder', options: {} }
  const [undisturbed, disturbed] = [await placeIn(dir.path, 'whole', run), await placeIn(dir.path, 'killed', run)]
  await child.convert(wishOf(run, undisturbed))
  await killAt(0.3, wishOf(run, disturbed))
  const [first = '', second = ''] = (await filesOf(disturbed.path)).filter((path) => path.endsWith('.jpeg'))
  await truncate(first, 500)
  await truncate(second, 0)
  await child.convert(wishOf(run, disturbed))
  expect(await contentsOf(disturbed.path)).toEqual(await contentsOf(undisturbed.path))
})

const others: [string, Run, string][] = [
  ['other options', { profile: 'dzi', where: 'folder', options: { quality: 50 } }, 'worn.svs'],
  ['another slide', { profile: 'dzi', where: 'folder', options: {} }, 'sound.svs'],
  ['another format', { profile: 'bigtiff', where: 'folder', options: {} }, 'sound.svs']
]
test.each(others)('what a killed child left of a slide leaves no trace in a task of %s', async (_, run, name) => {
  await using dir = await tempDir()
  const [alone, after] = [await placeIn(dir.path, 'alone', run), await placeIn(dir.path, 'after', run)]
  await child.convert(wishOf(run, alone, name))
  await killAt(0.2, wishOf({ profile: 'dzi', where: 'folder', options: {} }, after))
  const { report } = await child.convert(wishOf(run, after, name))
  expect(tilesOf(report).resumed).toBe(0)
  expect(await contentsOf(after.path)).toEqual(await contentsOf(alone.path))
})
