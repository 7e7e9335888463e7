import { spawnSync } from 'node:child_process'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { repeatedTileSlide } from './testing/build-tiff.ts'
import { ForkedChild } from './testing/forked-child.ts'
import { tempDir } from './testing/temp-dir.ts'

test('what is not of the protocol is refused and the child lives on', async () => {
  await using child = await ForkedChild.start()
  for (const message of ['nonsense', { type: 'convert', id: 'x' }, { type: 'unknown', id: 'x' }, [1, 2]]) {
    const before = child.messages.length
    child.send(message)
    await child.until(() => child.messages.length > before)
    expect(child.messages.at(-1)).toMatchObject({ type: 'failed', error: { code: 'bad-request', class: 'bug' } })
  }
  expect(child.hasExited()).toBe(false)
})

test('a second request at the same time is refused, the first goes on', async () => {
  await using dir = await tempDir()
  await using child = await ForkedChild.start()
  const sourcePath = join(dir.path, 'slide')
  await writeFile(sourcePath, repeatedTileSlide(4000, 4000))
  const [first, second] = [1, 2].map(() =>
    child.wish({ sourcePath, profile: 'szi', output: { type: 'blob', path: join(dir.path, 'blob') } })
  )
  if (!first || !second) throw new Error('no wishes')
  child.send(first)
  child.send(second)
  expect(await child.ended(second.id)).toMatchObject({ type: 'failed', error: { code: 'bad-request' } })
  expect(await child.ended(first.id)).toMatchObject({ type: 'converted' })
})

test('cancelling what does not run changes nothing', async () => {
  await using dir = await tempDir()
  await using child = await ForkedChild.start()
  const sourcePath = join(dir.path, 'slide')
  await writeFile(sourcePath, repeatedTileSlide(1000, 1000))
  child.send({ type: 'cancel', id: 'nobody' })
  const result = await child.convert({ sourcePath, profile: 'dzi', output: { type: 'folder', dir: dir.path } })
  expect(result.primary).toBe('result.dzi')
  const progress = child.messages.flatMap((message) => (message.type === 'progress' ? [message.progress.progress] : []))
  expect(progress).toEqual([...progress].sort((a, b) => a - b))
})

test('the child ends when its channel closes, at rest and in the middle of a slide', async () => {
  await using dir = await tempDir()
  const sourcePath = join(dir.path, 'slide')
  await writeFile(sourcePath, repeatedTileSlide(60_000, 60_000))
  const [out, scratch] = [join(dir.path, 'out'), join(dir.path, 'scratch')]
  await Promise.all([mkdir(out), mkdir(scratch)])
  for (const busy of [false, true]) {
    await using child = await ForkedChild.start()
    if (busy) {
      child.send(child.wish({ sourcePath, profile: 'dzi', output: { type: 'folder', dir: out }, scratchDir: scratch }))
      await child.until(() =>
        child.messages.some((message) => message.type === 'progress' && message.progress.progress > 0)
      )
    }
    child.process.disconnect()
    await child.until(() => false)
    expect(child.process.exitCode).toBe(0)
  }
  // What a kill would leave: the next start of the engine goes on with it.
  expect(await readdir(scratch)).toContain('task.json')
  expect(await readdir(out)).toContain('result_files')
})

test('started by hand it says what it is for', () => {
  const { status, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, 'child.ts')], { encoding: 'utf8' })
  expect(status).toBe(2)
  expect(stderr).toContain('started by the Microtome engine')
})
