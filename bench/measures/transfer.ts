import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Measure, roomBytes } from '../bench.ts'
import { median } from '../figure.ts'
import { interleaved, timed } from '../interleaved.ts'
import { heavyPhoto } from '../nodes/inputs.ts'
import { convert, ranMs } from '../nodes/jobs.ts'
import { startPair } from '../nodes/paired-nodes.ts'
import { startTlsPair } from '../plain/tls-pair.ts'

/** The source, the worker’s copy, and what the worker keeps free: see `neededBytes` in the engine’s worker. */
const roomPerByte = 4

/** A large source sent to a paired node, against the same bytes through a bare socket. */
export const transfer: Measure = {
  name: 'transfer',
  title: 'Transfer between two nodes',
  async run(bench) {
    const { rounds, transferBytes } = bench.sizes
    const sizeBytes = Math.min(transferBytes, Math.floor(roomBytes() / roomPerByte))
    const folder = bench.folder()
    const [heavy, light] = [await heavyPhoto(folder, sizeBytes), await heavyPhoto(folder, 0)]
    const { door } = await startPair(bench)
    const plain = await startTlsPair(bench)
    const send = async (path: string) =>
      ranMs(await convert(door, { path, profile: 'webp', destination: join(folder, 'out') }))
    await send(light)
    const ms = await interleaved(rounds, {
      nodes: () => send(heavy),
      toFile: () => timed(() => plain.toFile(heavy)),
      toNothing: () => timed(() => plain.toNothing(heavy)),
      hash: () => timed(() => hash(heavy)),
      light: () => send(light)
    })
    await rm(heavy)
    const rates = (samples: number[]) => samples.map((one) => sizeBytes / 1000 / one)
    const [toFile, toNothing, sha] = [rates(ms.toFile), rates(ms.toNothing), rates(ms.hash)]
    // What a job takes besides its bytes: the offer, the conversion of 256 pixels, the way back, the commit.
    const besides = median(ms.light)
    const mib = Math.round(sizeBytes / 2 ** 20)
    return [
      {
        what: `${mib} MiB to a paired node, file to file`,
        unit: 'MB/s',
        samples: rates(ms.nodes.map((one) => one - besides)),
        against: { what: 'plain TLS 1.3 socket, file to file', samples: toFile },
        bound:
          'Both ends encrypt and hash on the one thread of their engine, so the times of the bare socket and of SHA-256 add up; collecting the used buffers is the rest.'
      },
      {
        what: 'plain TLS 1.3 socket, file to nothing',
        unit: 'MB/s',
        samples: toNothing,
        bound: 'AES-GCM and copying between processes, one thread at each end.'
      },
      { what: 'SHA-256 of the file, alone', unit: 'MB/s', samples: sha, bound: 'One core.' },
      {
        what: 'a job of 256 pixels on the paired node, from lease to commit',
        unit: 'ms',
        samples: ms.light,
        bound: 'Offer, fetch, hash, convert in a child that is kept, and the way back; nothing of it is bytes.'
      }
    ]
  }
}

async function hash(path: string): Promise<void> {
  const sha256 = createHash('sha256')
  for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 })) sha256.update(chunk)
  sha256.digest('hex')
}
