import { mkdir, readdir, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { jpegWish, writeSlide } from '../../src/converters/slide/readers/dicom/testing/made-slides.ts'
import { writeMirax } from '../../src/converters/slide/readers/openslide/testing/build-mirax.ts'
import { openSlideHere } from '../../src/converters/slide/readers/openslide/testing/openslide-here.ts'
import type { Attribute } from '../../src/converters/testing/dicom-attributes.ts'
import { childrenOf } from './support/children.ts'
import { makeSlide } from './support/inputs.ts'
import { type Line, NodeProcess, temporaryFolder, until } from './support/node-process.ts'

interface Done {
  state: string
  output: string
  node: string
  attempts: number
  error?: { code: string; message: string }
  report: { tiles: { total: number; resumed: number }; widthPx: number }
  summary: string
}
const doneOf = (lines: Line[]) => (lines.at(-1) as unknown as { jobs: Done[] }).jobs

/** Files in the folders of a pyramid that is being made in `out`. */
async function tilesIn(out: string): Promise<string[]> {
  const entries = await readdir(out, { recursive: true, withFileTypes: true }).catch(() => [])
  return entries.filter(({ name }) => name.endsWith('.jpeg')).map(({ parentPath, name }) => join(parentPath, name))
}

/** A file of the local door, as the page would ask for it. */
async function get(node: NodeProcess, path: string): Promise<Response> {
  const { origin, searchParams } = new URL(node.ready.uiUrl)
  return fetch(`${origin}${path}`, { headers: { authorization: `Bearer ${searchParams.get('token')}` } })
}

test('a converter that is killed in the middle of a slide goes on from there; until then the slide can be looked at', async () => {
  const folder = await temporaryFolder()
  const out = join(folder, 'out')
  const node = await NodeProcess.start()
  const slide = await makeSlide(folder, { widthPx: 16_000, heightPx: 12_000 })
  // With overlap every tile is encoded, so that there is a middle.
  const converting = node.cli('convert', slide, '--to', 'dzi', '--out', out, '--set', 'overlapPx=1')
  await until(
    () => tilesIn(out),
    (tiles) => tiles.length > 400
  )
  const [job] = await node.jobs()
  const descriptor = await get(node, `/results/${String(job?.job)}/slide.dzi`)
  expect([descriptor.status, descriptor.headers.get('microtome-growing')]).toEqual([200, 'yes'])
  expect(await descriptor.text()).toMatch(/Overlap="1" TileSize="256"><Size Width="16000" Height="12000"/)
  expect((await get(node, `/results/${String(job?.job)}/slide_files/14/0_0.jpeg`)).status).toBe(200)
  expect((await get(node, `/results/${String(job?.job)}/slide_files/0/0_0.jpeg`)).status).toBe(404)
  // One of them looked at the slide and waits for the next: its end harms nobody.
  for (const child of await childrenOf(node.pid)) process.kill(child, 'SIGKILL')
  const { code, lines } = await converting
  expect(code, JSON.stringify(lines.at(-1)) + node.stderr).toBe(0)
  const [done] = doneOf(lines)
  expect(done).toMatchObject({ state: 'completed', attempts: 1 })
  expect(done?.report.tiles.resumed).toBeGreaterThan(300)
  expect(done?.summary).toMatch(/all tiles encoded, [\d,]+ taken over from a run that was cut short/)
  expect(await tilesIn(out)).toHaveLength(done?.report.tiles.total ?? 0)
  const told = lines.filter((line) => line.event === 'progress').map((line) => Number(line.progress))
  expect(told).toEqual(told.toSorted((a, b) => a - b))
  expect((await get(node, `/results/${String(job?.job)}/slide.dzi`)).headers.get('microtome-growing')).toBeNull()
})

/** A master without own work and the worker that does it all. */
async function lab() {
  const master = await NodeProcess.start({ name: 'master', args: ['--no-local-work'] })
  const worker = await NodeProcess.start({ name: 'worker' })
  await master.pair(worker)
  await until(
    () => master.nodes(),
    (nodes) => nodes.some((one) => one.nodeId === worker.ready.nodeId && one.state === 'idle')
  )
  return { master, worker }
}

test('a folder that is one DICOM series is one job, converted by another node, named by pattern', async () => {
  const folder = await temporaryFolder()
  const series = join(folder, 'Mustermann')
  await mkdir(series)
  const derived = 'DERIVED\\PRIMARY\\VOLUME\\RESAMPLED'
  await writeSlide(series, '2.dcm', await jpegWish({ widthPx: 300, heightPx: 200 }))
  await writeSlide(series, '1.2.840', await jpegWish({ widthPx: 150, heightPx: 100, imageType: derived }))
  const { master, worker } = await lab()
  const out = join(folder, 'out')
  const { code, lines } = await master.cli('convert', series, '--to', 'dzi', '--out', out, '--name', 'lab {index}')
  expect(code, JSON.stringify(lines.at(-1)) + worker.stderr).toBe(0)
  expect(doneOf(lines)).toMatchObject([{ state: 'completed', report: { reader: 'dicom', widthPx: 300 } }])
  expect(doneOf(lines)[0]?.output).toBe(join(out, 'lab 001.dzi'))
  const again = await master.cli('convert', series, '--to', 'dzi', '--out', out, '--name', '{index}-{hash}')
  expect(doneOf(again.lines)[0]?.output).toMatch(/001-[0-9a-f]{12}\.dzi$/)
})

test('a folder of two DICOM series is two jobs, converted by another node, each with its own files', async () => {
  const folder = await temporaryFolder()
  const slides = join(folder, 'slides')
  await mkdir(slides)
  const derived = 'DERIVED\\PRIMARY\\VOLUME\\RESAMPLED'
  for (const [name, uid, widthPx] of [
    ['a', '1.2.3.8', 300],
    ['b', '1.2.3.9', 600]
  ] as const) {
    const of = { heightPx: 200, attributes: [['0020000e', 'UI', uid]] as Attribute[] }
    await writeSlide(slides, `${name}2.dcm`, await jpegWish({ ...of, widthPx }))
    const half = { ...of, widthPx: widthPx / 2, heightPx: 100, imageType: derived }
    await writeSlide(slides, `${name}1.dcm`, await jpegWish(half))
  }
  const { master, worker } = await lab()
  const { code, lines } = await master.cli('convert', slides, '--to', 'dzi', '--out', join(folder, 'out'))
  expect(code, JSON.stringify(lines.at(-1)) + worker.stderr).toBe(0)
  const widths = doneOf(lines).map(({ state, report }) => [state, report.widthPx])
  expect(widths.sort()).toEqual([
    ['completed', 300],
    ['completed', 600]
  ])
  // The smaller level travelled with its full size.
  const sidecar = JSON.parse(await readFile(join(folder, 'out', 'a2.json'), 'utf8'))
  expect(sidecar).toMatchObject({ reader: 'dicom', sourceLevels: 2 })
})

test.skipIf(!openSlideHere)(
  'an MRXS and its folder are one job, also elsewhere; without the folder none begins',
  async () => {
    const folder = await temporaryFolder()
    const slides = join(folder, 'slides')
    await mkdir(slides)
    const bytes = await sharp({ create: { width: 64, height: 64, channels: 3, background: '#c08040' } })
      .png()
      .toBuffer()
    const images = [0, 1, 2, 3].map((i) => ({ column: i % 2, row: i >> 1, bytes }))
    await writeMirax(slides, 'H24 Mustermann', { columns: 2, rows: 2, imagePx: 64, format: 'PNG', levels: [images] })
    const { master, worker } = await lab()
    const out = join(folder, 'out')
    const { code, lines } = await master.cli('convert', slides, '--to', 'szi', '--out', out)
    expect(code, JSON.stringify(lines.at(-1)) + worker.stderr).toBe(0)
    expect(doneOf(lines)).toMatchObject([{ state: 'completed', report: { reader: 'openslide', widthPx: 128 } }])
    expect(await readdir(out)).toContain('H24 Mustermann.szi')
    await rename(join(slides, 'H24 Mustermann'), join(slides, 'elsewhere'))
    const half = await master.cli('convert', join(slides, 'H24 Mustermann.mrxs'), '--to', 'szi', '--out', out)
    expect(doneOf(half.lines)).toMatchObject([{ state: 'failed', attempts: 0, error: { code: 'missing-part' } }])
    expect(doneOf(half.lines)[0]?.error?.message).not.toContain('Mustermann')
    expect(await readFile(join(out, 'H24 Mustermann.json'), 'utf8')).not.toContain('Mustermann')
  }
)
