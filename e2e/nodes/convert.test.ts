import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { makePhoto, makeVideo, realSlide } from './support/inputs.ts'
import { type Line, NodeProcess, runCli, temporaryFolder } from './support/node-process.ts'

const doneOf = (lines: Line[]) => lines.at(-1) as unknown as { event: string; jobs: Record<string, unknown>[] }

test('convert starts a node for the call, makes Deep Zoom of the real slide, and leaves nothing else', async () => {
  const folder = await temporaryFolder()
  const out = join(folder, 'tiles')
  const slide = await realSlide(folder)
  const { code, lines } = await runCli([
    'convert',
    slide,
    '--to',
    'dzi',
    '--out',
    out,
    '--data',
    join(folder, 'data'),
    '--json'
  ])
  expect(code).toBe(0)
  const done = doneOf(lines)
  expect(done.event).toBe('done')
  expect(done.jobs).toHaveLength(1)
  const job = done.jobs[0] as { output: string; state: string; attempts: number; seconds: number; report: object }
  expect(job).toMatchObject({ file: slide, state: 'completed', attempts: 1 })
  expect(job.output.endsWith('.dzi')).toBe(true)
  expect(await readFile(job.output, 'utf8')).toMatch(/Width="2220"/)
  const stem = job.output.replace(/\.dzi$/, '')
  const names = (await readdir(out)).sort()
  expect(names.map((name) => join(out, name))).toEqual([`${stem}.dzi`, `${stem}.json`, `${stem}_files`].sort())
  const tile = await sharp(join(`${stem}_files`, '12', '0_0.jpeg')).metadata()
  // The slide's own tile size; a made one stands in where the real one is not at hand.
  expect([240, 256]).toContain(tile.width)
  const progress = lines.filter((line) => line.event === 'progress')
  expect(progress.length).toBeGreaterThan(0)
  expect(progress.at(-1)).toMatchObject({ state: 'completed', progress: 1 })
})

test('one drop of a slide, a photo and a film converts all three on a running node', async () => {
  const folder = await temporaryFolder()
  const node = await NodeProcess.start()
  const inputs = [await realSlide(folder), await makePhoto(folder), await makeVideo(folder)]
  for (const [file, profile] of [
    [inputs[0], 'szi'],
    [inputs[1], 'webp'],
    [inputs[2], 'vp9']
  ] as const) {
    const { code, lines, stderr } = await node.cli(
      'convert',
      String(file),
      '--to',
      profile,
      '--out',
      join(folder, 'out')
    )
    expect(code, stderr + JSON.stringify(lines.at(-1))).toBe(0)
  }
  const names = (await readdir(join(folder, 'out'))).filter((name) => !name.endsWith('.json')).sort()
  expect(names.map((name) => name.split('.').at(-1)).sort()).toEqual(['szi', 'webm', 'webp'])
  const photo = await sharp(join(folder, 'out', 'photo.webp')).metadata()
  expect([photo.width, photo.height]).toEqual([768, 1024])
  expect(photo.exif).toBeUndefined()
})

test('a second drop is renamed, skipped or replaced, as chosen', async () => {
  const folder = await temporaryFolder()
  const node = await NodeProcess.start()
  const photo = await makePhoto(folder)
  const out = join(folder, 'out')
  const convert = async (...args: string[]) => {
    const { code, lines } = await node.cli('convert', photo, '--to', 'jpeg', '--out', out, ...args)
    expect(code).toBe(0)
    return doneOf(lines).jobs[0] as { output: string; attempts: number }
  }
  expect((await convert()).output).toBe(join(out, 'photo.jpeg'))
  expect((await convert()).output).toBe(join(out, 'photo (2).jpeg'))
  const skipped = await convert('--set', 'exists=skip')
  expect(skipped.attempts).toBe(0)
  expect(existsSync(skipped.output)).toBe(true)
  expect((await convert('--set', 'exists=replace')).output).toBe(join(out, 'photo.jpeg'))
  expect((await readdir(out)).sort()).toEqual(['photo (2).jpeg', 'photo.jpeg'])
})

test('wrong usage ends with 2, a failed job with 1, and says why', async () => {
  const folder = await temporaryFolder()
  const photo = await makePhoto(folder)
  const out = join(folder, 'out')
  expect((await runCli(['convert', photo, '--to', 'gif', '--out', out, '--data', folder, '--json'])).code).toBe(2)
  expect((await runCli(['convert', '--to', 'dzi'])).code).toBe(2)
  const { code, lines } = await runCli([
    'convert',
    photo,
    '--to',
    'h264',
    '--out',
    out,
    '--data',
    join(folder, 'data'),
    '--json'
  ])
  expect(code).toBe(1)
  expect(doneOf(lines).jobs[0]).toMatchObject({ state: 'failed', error: { class: 'input' } })
})
