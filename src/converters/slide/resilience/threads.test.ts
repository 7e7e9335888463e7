import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test, vi } from 'vitest'
import { ForkedChild } from '../../testing/forked-child.ts'
import { tempDir } from '../../testing/temp-dir.ts'
import { loadTurboJpeg } from '../pixels/turbo/library.ts'
import { wornSlide } from './testing/worn-slide.ts'

// On a machine that is busy with other tests.
vi.setConfig({ testTimeout: 60_000 })

const preload = pathToFileURL(join(import.meta.dirname, 'testing', 'dying-threads.ts')).href

/** A folder with a slide and a place for its result. */
async function desk() {
  const dir = await tempDir()
  const at = (name: string) => join(dir.path, name)
  await writeFile(at('slide.svs'), await wornSlide({ columns: 24, rows: 16 }))
  await mkdir(at('out'))
  const wish = { sourcePath: at('slide.svs'), profile: 'dzi', output: { type: 'folder' as const, dir: at('out') } }
  return { at, wish, [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose]() }
}

test.skipIf(!loadTurboJpeg()).each(['at the start', 'by an error', 'by an end'])(
  'when decoding threads die %s, the child says so, leaves nothing and takes the next request',
  async (how) => {
    await using place = await desk()
    const [{ wish }, marker] = [place, place.at('how')]
    await writeFile(marker, how)
    const env = { NODE_OPTIONS: `--import=${preload}`, MICROTOME_TEST_THREADS: marker }
    await using child = await ForkedChild.start({}, env)
    for (const options of [{}, { overlapPx: 1 }]) {
      expect(await child.failure({ ...wish, options })).toMatchObject({ code: 'tool-failed', class: 'node' })
      expect(await readdir(place.at('out'))).toEqual([])
    }
    await rm(marker)
    expect((await child.convert(wish)).primary).toBe('result.dzi')
  }
)

test('a child that is cancelled while its threads work answers, and its next slide is whole', async () => {
  await using place = await desk()
  await using child = await ForkedChild.start()
  const wish = child.wish({ ...place.wish, options: { overlapPx: 2 } })
  child.send(wish)
  await child.until(() =>
    child.messages.some((message) => message.type === 'progress' && message.progress.progress > 0)
  )
  child.send({ type: 'cancel', id: wish.id })
  expect(await child.ended(wish.id)).toMatchObject({ type: 'failed', error: { code: 'cancelled' } })
  expect(await readdir(place.at('out'))).toEqual([])
  expect((await child.convert(place.wish)).report).toMatchObject({ tiles: { resumed: 0, repaired: 0 } })
})
