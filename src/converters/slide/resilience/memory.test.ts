import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { ForkedChild } from '../../testing/forked-child.ts'
import { tempDir } from '../../testing/temp-dir.ts'
import { wornSlide } from './testing/worn-slide.ts'

// On a machine that is busy with other tests.
vi.setConfig({ testTimeout: 120_000 })

let dir: Awaited<ReturnType<typeof tempDir>>
const at = (...names: string[]) => join(dir.path, ...names)
beforeAll(async () => {
  dir = await tempDir()
  await writeFile(at('small.svs'), await wornSlide({ columns: 16, rows: 16 }))
  await writeFile(at('large.svs'), await wornSlide({ columns: 64, rows: 40 }))
}, 60_000)
afterAll(() => dir[Symbol.asyncDispose]())

type Order = [slide: string, profile: string, options: Record<string, unknown>]

/** Highest memory of a child that does nothing but these one after the other, in MB (10^6). */
async function peakMb(...orders: Order[]): Promise<number> {
  await using out = await tempDir()
  await using child = await ForkedChild.start()
  for (const [i, [slide, profile, options]] of orders.entries()) {
    const dir = join(out.path, String(i))
    await mkdir(dir)
    await child.convert({ sourcePath: at(slide), profile, options, output: { type: 'folder', dir } })
  }
  const status = await readFile(`/proc/${child.process.pid}/status`, 'utf8')
  return (Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) * 1024) / 1e6
}

const ways: [string, Record<string, unknown>][] = [
  ['dzi', {}],
  ['szi', {}],
  ['bigtiff', {}],
  ['dzi', { tileSizePx: 512 }]
]
const mostMb = 300
/** What the garbage collector may leave for later. */
const slackMb = 80

test.skipIf(process.platform !== 'linux').each(ways)(
  'a child that makes %s %o needs less than 300 MB, and no more for ten times the pixels',
  async (profile, options) => {
    const small = await peakMb(['small.svs', profile, options])
    const large = await peakMb(['large.svs', profile, options])
    expect(large).toBeLessThan(mostMb)
    expect(large).toBeLessThan(small + slackMb)
  }
)

test.skipIf(process.platform !== 'linux')('the fifth slide of a child stays below 300 MB as well', async () => {
  const before = ways.map(([profile, options]): Order => ['small.svs', profile, options])
  expect(await peakMb(...before, ['large.svs', 'dzi', {}])).toBeLessThan(mostMb)
})
