import { execFile } from 'node:child_process'
import { copyFile, mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { deflateSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { makePhoto, makeVideo, realSlide } from './support/inputs.ts'
import { type Line, NodeProcess, temporaryFolder, until } from './support/node-process.ts'

const run = promisify(execFile)
type Done = { jobs: { file: string; state: string; error?: { code: string; class: string; message: string } }[] }
const doneOf = (lines: Line[]) => lines.at(-1) as unknown as Done

test('each kind of bad input fails with a clear error, leaves nothing, and the node lives', async () => {
  const folder = await temporaryFolder()
  const out = join(folder, 'out')
  const node = await NodeProcess.start()
  const files: [string, string][] = [
    [await bad(folder, 'empty.svs', ''), 'dzi'],
    [await bad(folder, 'text.svs', 'this is not a slide, only words\n'.repeat(50)), 'dzi'],
    [await truncated(folder, await realSlide(folder), 'cut.svs'), 'dzi'],
    [await truncated(folder, await makePhoto(folder), 'cut.jpg'), 'webp'],
    [await pixelBomb(folder), 'webp'],
    [await soundOnly(folder), 'h264']
  ]
  for (const [file, profile] of files) {
    const { code, lines } = await node.cli('convert', file, '--to', profile, '--out', out)
    expect(code, file).toBe(1)
    const job = doneOf(lines).jobs[0]
    expect(job, file).toMatchObject({ state: 'failed', error: { class: 'input' } })
    expect(job?.error?.message.length, file).toBeGreaterThan(20)
  }
  expect((await readdir(out).catch(() => [])).filter((name) => name !== '')).toEqual([])
  expect(await readdir(join(node.dataDir, 'scratch')).catch(() => [])).toEqual([])
  const fine = await node.cli('convert', await makePhoto(folder), '--to', 'webp', '--out', out)
  expect(fine.code).toBe(0)
})

test('the pixel bomb is refused with its number as an image', async () => {
  const folder = await temporaryFolder()
  const node = await NodeProcess.start()
  const { lines } = await node.cli('convert', await pixelBomb(folder), '--to', 'webp', '--out', join(folder, 'out'))
  expect(doneOf(lines).jobs[0]?.error?.message).toMatch(/60[,. {2}]?000/)
})

test('a file that is deleted while its job waits fails as the file’s fault', async () => {
  const folder = await temporaryFolder()
  const node = await NodeProcess.start()
  const photo = await makePhoto(folder)
  await node.cli('pause')
  await node.cli('submit', photo, '--to', 'webp', '--out', join(folder, 'out'))
  await run('rm', [photo])
  await node.cli('resume')
  const jobs = await until(
    () => node.jobs(),
    (lines) => lines[0]?.state === 'failed'
  )
  expect(jobs[0]).toMatchObject({ error: { class: 'input' } })
})

test('a destination that can’t be written to is named, and a file in its place too', async () => {
  const folder = await temporaryFolder()
  const node = await NodeProcess.start()
  const inTheWay = await bad(folder, 'occupied', 'a file')
  const { code, lines } = await node.cli(
    'convert',
    await makePhoto(folder),
    '--to',
    'webp',
    '--out',
    join(inTheWay, 'out')
  )
  expect(code).toBe(1)
  expect(doneOf(lines).jobs[0]).toMatchObject({ error: { class: 'input', code: 'destination-not-writable' } })
  expect(await readFile(inTheWay, 'utf8')).toBe('a file')
})

test('a full disk fails the job with the reason and leaves nothing half-done', async () => {
  const folder = await temporaryFolder()
  const small = join(folder, 'small')
  await mkdir(small)
  const mounted = await run('mount', ['-t', 'tmpfs', '-o', 'size=300k', 'tmpfs', small]).then(
    () => true,
    (error: Error) => {
      console.info(`no small disk can be mounted here, so a full disk was not tried: ${error.message.trim()}`)
      return false
    }
  )
  if (!mounted) return
  try {
    const node = await NodeProcess.start()
    const { code, lines } = await node.cli('convert', await realSlide(folder), '--to', 'dzi', '--out', small)
    expect(code).toBe(1)
    expect(JSON.stringify(doneOf(lines).jobs[0]?.error)).toMatch(/disk|space|room/i)
    expect(await readdir(small)).toEqual([])
  } finally {
    await run('umount', [small])
  }
})

test('names with spaces, quotes, emoji and 200 characters come out under their own name', async () => {
  const folder = await temporaryFolder()
  const node = await NodeProcess.start()
  const names = [
    `it's "here" & there.jpg`,
    'a slide 🔬 ünïcode.jpg',
    `${'n'.repeat(196)}.jpg`,
    '-starts with a dash.jpg'
  ]
  const out = join(folder, 'the out folder')
  for (const name of names) {
    const { code, lines } = await node.cli('convert', '--to', 'webp', '--out', out, await makePhoto(folder, name))
    expect(code, JSON.stringify(lines.at(-1))).toBe(0)
  }
  expect(await readdir(out)).toHaveLength(names.length)
  expect(await readdir(out)).toContain('a slide 🔬 ünïcode.webp')
})

async function bad(folder: string, name: string, content: string): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, content)
  return path
}

async function truncated(folder: string, source: string, name: string): Promise<string> {
  const path = join(folder, name)
  const whole = (await readFile(source)).length
  await copyFile(source, path)
  await truncate(path, Math.floor(whole / 2))
  return path
}

/** A PNG of 60,000 x 60,000 black pixels, 1 bit each, in some 440 KB of nothing. */
async function pixelBomb(folder: string): Promise<string> {
  const crcTable = Array.from({ length: 256 }, (_, n) => {
    let c = n
    for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1
    return c >>> 0
  })
  const crc = (bytes: Buffer) => {
    let c = 0xffffffff
    for (const byte of bytes) c = ((crcTable[(c ^ byte) & 0xff] ?? 0) ^ (c >>> 8)) >>> 0
    return (c ^ 0xffffffff) >>> 0
  }
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data])
    const frame = Buffer.alloc(8)
    frame.writeUInt32BE(data.length, 0)
    frame.writeUInt32BE(crc(body), 4)
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)])
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(60_000, 0)
  header.writeUInt32BE(60_000, 4)
  header.writeUInt8(1, 8)
  const pixels = deflateSync(Buffer.alloc(60_000 * (1 + 7500)), { level: 9 })
  const path = join(folder, 'bomb.png')
  const signature = Buffer.from('89504e470d0a1a0a', 'hex')
  await writeFile(
    path,
    Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))])
  )
  return path
}

async function soundOnly(folder: string): Promise<string> {
  const film = await makeVideo(folder, 1, 'with-picture.mp4')
  const path = join(folder, 'sound.mp4')
  await run('ffmpeg', ['-v', 'error', '-y', '-i', film, '-vn', '-c:a', 'copy', path])
  return path
}
