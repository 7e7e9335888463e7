import { expect, test } from 'vitest'
import { psnr } from '../../../testing/psnr.ts'
import { TileDamaged } from '../../source.ts'
import { testPicture } from '../../testing/memory-slide.ts'
import { ChildDamaged } from '../codec.ts'
import { newPixels } from '../pixel-window.ts'
import { loadTurboJpeg } from './library.ts'
import { TurboPool } from './turbo-pool.ts'

const withTurbo = test.skipIf(!loadTurboJpeg())
const stubborn = new URL('./testing/stubborn-worker.ts', import.meta.url)
const toolFailed = { code: 'tool-failed', class: 'node' }

/** What a tile becomes whose last byte is `last`: the value of its pixels, or why there are none. */
async function outcomeOf(pool: TurboPool, last: number): Promise<unknown> {
  const into = newPixels(4, 4)
  const decoding = pool.decode(Buffer.from([0xff, last]), into, 1)
  return decoding.then(
    () => into.data[0],
    (error: unknown) => error
  )
}

test.each([
  ['ends amid a tile', 1],
  ['throws', 2]
])(
  'a thread that %s takes its own tiles with it, and the next tiles are decoded',
  { timeout: 30_000 },
  async (_, last) => {
    const pool = new TurboPool(2, stubborn)
    // One after the other to each of both threads.
    const [lost, sound] = await Promise.all([last, 7].map((value) => outcomeOf(pool, value)))
    expect(lost).toMatchObject(toolFailed)
    expect(sound).toBe(7)
    expect(await Promise.all([8, 9, 10, 11, 12].map((value) => outcomeOf(pool, value)))).toEqual([8, 9, 10, 11, 12])
  }
)

test('tiles that wait while a thread ends go to another', async () => {
  const pool = new TurboPool(1, stubborn)
  const values = [7, 1, 9, 10, 11, 12, 13]
  const outcomes = await Promise.all(values.map((value) => outcomeOf(pool, value)))
  // The only thread had four at a time; what was not in its hands is not lost.
  expect(outcomes.slice(5)).toEqual([12, 13])
  expect(outcomes[1]).toMatchObject(toolFailed)
})

test('a thread that can not start is said, each time, and never waited for', async () => {
  const pool = new TurboPool(2, new URL('./no-such-worker.ts', import.meta.url))
  for (const _ of [1, 2]) {
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => outcomeOf(pool, 7)))
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject(toolFailed)
      expect(String(outcome)).not.toContain('no-such-worker')
    }
  }
})

test('memory that was given away already fails that call alone', async () => {
  const pool = new TurboPool(1, stubborn)
  const jpeg = Buffer.from(new Uint8Array(100).buffer)
  const order = { children: [{ jpeg, xPx: 0, yPx: 0, widthPx: 4, heightPx: 4 }], widthPx: 2, heightPx: 2, quality: 90 }
  const twice = await Promise.allSettled([pool.reduce(order), pool.reduce(order)])
  expect(twice.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(await outcomeOf(pool, 7)).toBe(7)
})

withTurbo('a tile of garbage is damaged, and the tiles beside it come out whole', async () => {
  const pool = new TurboPool(2)
  const picture = testPicture(64, 64)
  const sound = await pool.encode(picture, 95)
  const noise = Buffer.from(Array.from({ length: 900 }, (_, i) => Math.imul(i, 2654435761) >>> 24))
  const garbled = Buffer.concat([sound.subarray(0, sound.length >> 1), sound.subarray(-2)])
  const outcomes = await Promise.all(
    [sound, noise, sound, garbled, Buffer.alloc(0), sound].map(async (jpeg) => {
      const into = newPixels(64, 64)
      const failure = await pool.decode(jpeg, into, 1).catch((error: unknown) => error)
      return failure ?? psnr(into.data, picture.data)
    })
  )
  for (const at of [0, 2, 5]) expect(outcomes[at]).toBeGreaterThan(36)
  for (const at of [1, 3, 4]) expect(outcomes[at]).toBeInstanceOf(TileDamaged)
})

withTurbo('a damaged tile of a family is named, wherever it stands', async () => {
  const pool = new TurboPool(2)
  const sound = await pool.encode(testPicture(64, 64), 95)
  for (const damaged of [0, 1, 2, 3]) {
    const children = [0, 1, 2, 3].map((at) => ({
      jpeg: at === damaged ? Buffer.from('no JPEG') : Buffer.from(sound),
      xPx: (at & 1) * 32,
      yPx: (at >> 1) * 32,
      widthPx: 64,
      heightPx: 64
    }))
    const failure = await pool
      .reduce({ children, widthPx: 64, heightPx: 64, quality: 90 })
      .catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(ChildDamaged)
    expect(failure).toMatchObject({ at: damaged })
  }
})

withTurbo(
  'a tile is the same from parts in shared memory, which stays as it was, as from memory that is given away',
  async () => {
    const pool = new TurboPool(2)
    const jpeg = await pool.encode(testPicture(64, 64), 95)
    const headBytes = jpeg.indexOf(Buffer.from([0xff, 0xda])) + 14
    const shared = Buffer.from(new SharedArrayBuffer(jpeg.length + 3)).subarray(3)
    jpeg.copy(shared)
    const [head, rest] = [Buffer.from(jpeg.subarray(0, headBytes)), shared.subarray(headBytes)]
    const reduced = (child: { head?: Buffer; jpeg: Buffer }) =>
      pool.reduce({
        children: [{ ...child, xPx: 0, yPx: 0, widthPx: 64, heightPx: 64 }],
        widthPx: 32,
        heightPx: 32,
        quality: 95
      })
    const [whole, ...parts] = await Promise.all([
      reduced({ jpeg: Buffer.from(jpeg) }),
      ...Array.from({ length: 9 }, () => reduced({ head, jpeg: rest })),
      reduced({ jpeg: shared })
    ])
    for (const part of parts) expect(part.equals(whole ?? Buffer.alloc(0))).toBe(true)
    expect(shared.equals(jpeg)).toBe(true)
  }
)

test('all threads that are warmed up have started, whatever there is to do', async () => {
  let started = 0
  const count = () => started++
  process.on('worker', count)
  try {
    const pool = new TurboPool(2, stubborn)
    pool.warmUp()
    pool.warmUp()
    expect(await outcomeOf(pool, 7)).toBe(7)
    expect(started).toBe(2)
  } finally {
    process.off('worker', count)
  }
})
