import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { tempDir } from '../../../testing/temp-dir.ts'
import { FileWriter } from './file-writer.ts'

/** A share on which every file seems to take five milliseconds of the calling thread. */
function slowClock(): () => number {
  let now = 0
  return () => {
    now += 5
    return now
  }
}

test('on a slow disk files are written beside the caller, whose bytes may change at once', async () => {
  await using dir = await tempDir()
  const writer = new FileWriter(slowClock())
  const bytes = Buffer.alloc(4)
  for (let i = 0; i < 200; i++) {
    bytes.writeUInt32LE(i)
    await writer.write(join(dir.path, `${i}`), bytes, false)
  }
  await writer.idle()
  for (let i = 0; i < 200; i++) expect((await readFile(join(dir.path, `${i}`))).readUInt32LE()).toBe(i)
})

test('a failure beside the caller is thrown by what comes next', async () => {
  await using dir = await tempDir()
  const writer = new FileWriter(slowClock())
  for (let i = 0; i < 32; i++) await writer.write(join(dir.path, `${i}`), Buffer.from('a'), false)
  await writer.write(join(dir.path, 'no-such-folder', 'a'), Buffer.from('a'), false)
  await expect(writer.idle()).rejects.toThrow(/ENOENT/)
  expect(() => writer.write(join(dir.path, 'b'), Buffer.from('a'), false)).toThrow(/ENOENT/)
})

test('of two writes of a file the later one stays, also while the first is still under way', async () => {
  await using dir = await tempDir()
  const writer = new FileWriter(slowClock())
  const bytes = (text: string, i: number) => Buffer.alloc(200_000 - i, text)
  for (let i = 0; i < 600; i++)
    for (const text of ['old', 'new']) await writer.write(join(dir.path, `${i}`), bytes(text, i), false)
  await writer.idle()
  for (let i = 0; i < 600; i++)
    expect((await readFile(join(dir.path, `${i}`))).equals(bytes('new', i)), `file ${i}`).toBe(true)
})

/** Half of the time goes into writing: a thread of its own is worth it. */
function busyClock(): () => number {
  let now = 0
  return () => ++now
}

test('where files take much of the time they are written by a thread, whose bytes may change at once', async () => {
  await using dir = await tempDir()
  const writer = new FileWriter(busyClock())
  const bytes = Buffer.alloc(4)
  for (let i = 0; i < 2000; i++) {
    bytes.writeUInt32LE(i)
    await writer.write(join(dir.path, `${i % 3}`, `${i}`), bytes, i < 256 || i % 100 === 0)
  }
  await writer.idle()
  for (let i = 0; i < 2000; i++) expect((await readFile(join(dir.path, `${i % 3}`, `${i}`))).readUInt32LE()).toBe(i)
  const large = Buffer.alloc(3 << 20, 'x')
  for (const text of ['old', 'new']) await writer.write(join(dir.path, 'large'), Buffer.from(large).fill(text), false)
  await writer.idle()
  expect((await readFile(join(dir.path, 'large'))).equals(large.fill('new'))).toBe(true)
  await writer.close()
})

test('files that come in a rush and then rarely are not worth a thread, those that go on coming are', async () => {
  await using dir = await tempDir()
  let now = 0
  let started = 0
  const count = () => started++
  // Each file takes 0.05 ms, as does what comes between two.
  const writer = new FileWriter(() => (now += 0.05))
  const write = async (files: number, pauseMs: number) => {
    for (let i = 0; i < files; i++) {
      now += pauseMs
      await writer.write(join(dir.path, `${i}`), Buffer.from('a'), false)
    }
    // Node tells of threads a tick later.
    await setImmediate()
  }
  process.on('worker', count)
  try {
    await write(300, 0)
    await write(300, 5)
    expect(started).toBe(0)
    await write(2500, 0)
    expect(started).toBe(1)
  } finally {
    process.off('worker', count)
    await writer.close()
  }
})

test('what fails in the thread is thrown with the code of the system, by what comes next', async () => {
  await using dir = await tempDir()
  const writer = new FileWriter(busyClock())
  for (let i = 0; i < 300; i++) await writer.write(join(dir.path, `${i}`), Buffer.from('a'), false)
  await writer.idle()
  await writer.write(join(dir.path, 'no-such-folder', 'a'), Buffer.from('a'), false)
  await expect(writer.idle()).rejects.toMatchObject({ code: 'ENOENT' })
  expect(() => writer.write(join(dir.path, 'b'), Buffer.from('a'), false)).toThrow(/ENOENT/)
  await writer.close()
})
