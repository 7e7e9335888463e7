import { execFileSync } from 'node:child_process'
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../clock.ts'
import { FakeClock } from '../fake-clock.ts'
import { quietLog } from '../process/testing/quiet-log.ts'
import { soon } from '../process/testing/soon.ts'
import { Blobs, type ByteSink, Carrier, ExpandSink, FileSink } from './index.ts'
import { dial, LoopbackNode } from './testing/loopback-node.ts'
import { Relay } from './testing/relay.ts'
import { storedZip } from './testing/stored-zip.ts'

const MiB = 2 ** 20
let dir: string
let sender: Side
let receiver: Side
let relay: Relay
let relayPort: number

/** A node with its blobs, as the engine will wire it. */
class Side {
  readonly node: LoopbackNode
  readonly blobs: Blobs
  readonly carrier: Carrier

  constructor(nodeId: string, clock = systemClock) {
    this.node = new LoopbackNode(nodeId)
    this.blobs = new Blobs({ clock, log: quietLog, newId: randomUUID })
    this.carrier = new Carrier({ clock, log: quietLog, random: () => 0, linkOf: (id) => this.node.links.get(id) })
    this.node.onHttp = (request, response, id) => this.blobs.onHttp(request, response, id)
    this.node.handlers.digest = ({ blobId }: { blobId: string }, { nodeId: id }) => this.blobs.digest(id, blobId)
  }
}

const never = new AbortController().signal
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

async function start(clock = systemClock) {
  sender = new Side('sender', clock)
  receiver = new Side('receiver', clock)
  await Promise.all([sender.node.listen(), receiver.node.listen()])
}

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'microtome-transfer-'))
  await start()
})
afterEach(async () => {
  await Promise.all([sender.node.close(), receiver.node.close(), relay?.close()])
  await rm(dir, { recursive: true, force: true })
})

/** Offers `bytes` at the sender and expects them at the receiver. */
async function offer(bytes: Buffer, into: ByteSink = new FileSink(join(dir, 'received'))) {
  const path = join(dir, 'offered')
  await writeFile(path, bytes)
  const offered = await sender.blobs.offerFile(path, { nodeId: 'receiver' })
  return { offered, expected: receiver.blobs.expect({ nodeId: 'sender', ref: offered.ref, into }) }
}

/** Links the two through a relay, dialled by `who`. */
async function linkThroughRelay(who: 'sender' | 'receiver') {
  const [from, to] = who === 'sender' ? [sender, receiver] : [receiver, sender]
  relay = new Relay(to.node.port)
  relayPort = await relay.listen()
  return dial(from.node, to.node, relayPort)
}

const carryBoth = async ({ offered, expected }: Awaited<ReturnType<typeof offer>>) => {
  const done = new AbortController()
  const sent = sender.carrier.send(offered, offered.ref.blobId, done.signal)
  const digest = await receiver.carrier.receive(expected, never)
  done.abort()
  await sent
  return digest
}

test.each(['receiver', 'sender'] as const)('a blob arrives whole, dialled by the %s', async (who) => {
  const bytes = randomBytes(5 * MiB + 17)
  await linkThroughRelay(who)
  expect(await carryBoth(await offer(bytes))).toBe(sha256(bytes))
  expect((await readFile(join(dir, 'received'))).equals(bytes)).toBe(true)
})

test.each(['receiver', 'sender'] as const)(
  'a cut transfer goes on where it stopped, dialled by the %s',
  async (who) => {
    const bytes = randomBytes(12 * MiB)
    await linkThroughRelay(who)
    relay.cutAfter(7 * MiB)
    expect(await carryBoth(await offer(bytes))).toBe(sha256(bytes))
    expect((await readFile(join(dir, 'received'))).equals(bytes)).toBe(true)
    // Not all over again: what was on the wire and lost is less than what had arrived.
    expect(relay.carriedBytes).toBeLessThan(18 * MiB)
  }
)

test('a transfer that is cut while its last bytes are written is over all the same', async () => {
  const bytes = randomBytes(MiB)
  const [lastBytes, askedAgain] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const file = new FileSink(join(dir, 'received'))
  let receivedBytes = 0
  const slow: ByteSink = {
    write: async (chunk) => {
      receivedBytes += chunk.length
      if (receivedBytes === bytes.length) {
        lastBytes.resolve()
        await askedAgain.promise
      }
      await file.write(chunk)
    },
    finish: () => file.finish(),
    discard: () => file.discard()
  }
  await linkThroughRelay('sender')
  const carried = carryBoth(await offer(bytes, slow))
  await lastBytes.promise
  receiver.node.onHttp = (request, response, id) => {
    const served = receiver.blobs.onHttp(request, response, id)
    askedAgain.resolve()
    return served
  }
  relay.cut()
  expect(await carried).toBe(sha256(bytes))
  expect((await readFile(join(dir, 'received'))).equals(bytes)).toBe(true)
})

test('a transfer begun by fetching goes on by sending when the other side dials next', async () => {
  const bytes = randomBytes(12 * MiB)
  const link = await linkThroughRelay('receiver')
  relay.cutAfter(5 * MiB)
  const both = offer(bytes).then(carryBoth)
  await soon(() => relay.carriedBytes).toBeGreaterThan(4 * MiB)
  link.break()
  dial(sender.node, receiver.node)
  expect(await both).toBe(sha256(bytes))
})

test.each(['receiver', 'sender'] as const)(
  'a stalled connection is cut after 15 s without a byte and goes on, dialled by the %s',
  async (who) => {
    await Promise.all([sender.node.close(), receiver.node.close()])
    const clock = new FakeClock()
    await start(clock)
    const bytes = randomBytes(8 * MiB)
    await linkThroughRelay(who)
    const { offered, expected } = await offer(bytes)
    const both = carryBoth({ offered, expected })
    await soon(() => expected.receivedBytes).toBeGreaterThan(0)
    relay.stall(true)
    // The bytes in the kernel's buffers settle before the clock moves.
    let before = -1
    const hasSettled = () => {
      const settled = before === expected.receivedBytes
      before = expected.receivedBytes
      return settled
    }
    await expect.poll(hasSettled, { interval: 100 }).toBe(true)
    clock.advance(15_000)
    relay.stall(false)
    const ticking = setInterval(() => clock.advance(500), 5)
    expect(await both).toBe(sha256(bytes))
    clearInterval(ticking)
  }
)

test('a receiver gives up once nothing came for long, and leaves nothing behind', async () => {
  await Promise.all([sender.node.close(), receiver.node.close()])
  const clock = new FakeClock()
  await start(clock)
  const { expected } = await offer(randomBytes(MiB))
  const received = receiver.carrier.receive(expected, never)
  const ticking = setInterval(() => clock.advance(1000), 1)
  await expect(received).rejects.toMatchObject({ code: 'transfer-gave-up', class: 'transport' })
  clearInterval(ticking)
  expect(await readdir(dir)).toEqual(['offered'])
  expect(clock.pendingTimers).toBe(0)
})

test('a file that changed between its two readings is found out by the SHA-256, and nothing stays', async () => {
  const bytes = randomBytes(3 * MiB)
  dial(receiver.node, sender.node)
  const { offered, expected } = await offer(bytes)
  // The sender's hash saw the first version, as after a cut; the receiver gets the second.
  await offered.digest()
  bytes[100] = (bytes[100] ?? 0) ^ 1
  await writeFile(join(dir, 'offered'), bytes)
  await expect(receiver.carrier.receive(expected, never)).rejects.toMatchObject({
    code: 'hash-mismatch',
    class: 'transport'
  })
  expect(await readdir(dir)).toEqual(['offered'])
})

test('a file that became shorter ends the transfer', async () => {
  dial(receiver.node, sender.node)
  const { offered, expected } = await offer(randomBytes(3 * MiB))
  await truncate(join(dir, 'offered'), MiB)
  const cancelled = new AbortController()
  const received = receiver.carrier.receive(expected, cancelled.signal)
  await soon(() => offered.sentBytes).toBe(MiB)
  cancelled.abort()
  await expect(received).rejects.toMatchObject({ class: 'transport' })
  expect(await readdir(dir)).toEqual(['offered'])
})

test('only the node that a blob was offered to can see it', async () => {
  const stranger = new Side('stranger')
  await stranger.node.listen()
  const link = dial(stranger.node, sender.node)
  const { offered, expected } = await offer(randomBytes(100))
  const path = `/blobs/${offered.ref.blobId}`
  for (const method of ['GET', 'HEAD', 'PUT'] as const) {
    const response = await link.request({ method, path })
    expect(response.statusCode).toBe(404)
    response.resume()
  }
  await expect(link.client.digest({ blobId: offered.ref.blobId })).rejects.toThrow('There is no blob')
  await expected.discard()
  await stranger.node.close()
})

test('bytes that do not fit what is there are refused with the place to go on', async () => {
  const link = dial(sender.node, receiver.node)
  const { offered, expected } = await offer(randomBytes(100))
  const path = `/blobs/${offered.ref.blobId}`
  for (const range of ['bytes 10-99/100', 'bytes 0-98/99', 'bytes 0-99/*', '']) {
    const response = await link.request({ method: 'PUT', path, headers: range ? { 'content-range': range } : {} })
    expect([response.statusCode, response.headers['upload-offset']]).toEqual([409, '0'])
    response.resume()
  }
  await expected.discard()
})

test('an empty file travels too', async () => {
  dial(receiver.node, sender.node)
  expect(await carryBoth(await offer(Buffer.alloc(0)))).toBe(sha256(Buffer.alloc(0)))
  expect(await readFile(join(dir, 'received'))).toHaveLength(0)
})

test('a result of many files is expanded while it streams in, also across a cut', async () => {
  const out = join(dir, 'staging')
  await mkdir(out)
  const tiles = Array.from({ length: 400 }, (_, index) => ({
    name: `result_files/11/${index}_0.jpeg`,
    data: randomBytes(4000 + index * 40)
  }))
  const large = { name: 'result.szi', data: randomBytes(3 * MiB) }
  const bytes = storedZip([
    ...tiles.slice(0, 200),
    large,
    ...tiles.slice(200),
    { name: 'result.json', data: Buffer.alloc(0) }
  ])
  await linkThroughRelay('receiver')
  relay.cutAfter(4 * MiB)
  await carryBoth(await offer(bytes, new ExpandSink(out, bytes.length)))
  for (const { name, data } of [...tiles, large]) expect((await readFile(join(out, name))).equals(data)).toBe(true)
  expect(await readdir(out)).toEqual(['result.json', 'result.szi', 'result_files'])
})

test('an archive with a bad name is refused and what it wrote before is removed', async () => {
  const out = join(dir, 'staging')
  await mkdir(out)
  const bytes = storedZip([
    { name: 'result_files/0/0_0.jpeg', data: randomBytes(1000) },
    { name: 'result.big', data: randomBytes(2 * MiB) },
    { name: '../evil', data: Buffer.from('x') }
  ])
  dial(receiver.node, sender.node)
  const { expected } = await offer(bytes, new ExpandSink(out, bytes.length))
  await expect(receiver.carrier.receive(expected, never)).rejects.toMatchObject({ code: 'bad-archive' })
  expect(await readdir(out)).toEqual([])
  expect((await readdir(dir)).sort()).toEqual(['offered', 'staging'])
})

test('a transfer that is cancelled leaves nothing behind', async () => {
  const clock = systemClock
  await linkThroughRelay('receiver')
  const { expected } = await offer(randomBytes(20 * MiB))
  const cancelled = new AbortController()
  const received = new Carrier({
    clock,
    log: quietLog,
    random: () => 0,
    linkOf: (id) => receiver.node.links.get(id)
  }).receive(expected, cancelled.signal)
  await soon(() => expected.receivedBytes).toBeGreaterThan(MiB)
  cancelled.abort()
  await expect(received).rejects.toMatchObject({ code: 'blob-cancelled' })
  expect(await readdir(dir)).toEqual(['offered'])
})

test('a full disk ends the transfer with an error that says so', async (context) => {
  const small = join(dir, 'small')
  await mkdir(small)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', small], { stdio: 'pipe' })
  } catch (error) {
    const reason = `needs root to mount a small tmpfs: ${String(error).split('\n')[0]}`
    process.stdout.write(`skipped "${context.task.name}": ${reason}\n`)
    return context.skip(reason)
  }
  try {
    dial(receiver.node, sender.node)
    const { expected } = await offer(randomBytes(8 * MiB), new FileSink(join(small, 'received')))
    await expect(receiver.carrier.receive(expected, never)).rejects.toMatchObject({ code: 'disk-full', class: 'node' })
    expect(await readdir(small)).toEqual([])
    receiver.blobs.withdraw(expected)
    const bytes = storedZip(Array.from({ length: 200 }, (_, i) => ({ name: `t/${i}`, data: randomBytes(40_000) })))
    const { expected: packed } = await offer(bytes, new ExpandSink(small, bytes.length))
    await expect(receiver.carrier.receive(packed, never)).rejects.toMatchObject({ code: 'disk-full' })
    expect(await readdir(small)).toEqual([])
  } finally {
    execFileSync('umount', [small])
  }
})
