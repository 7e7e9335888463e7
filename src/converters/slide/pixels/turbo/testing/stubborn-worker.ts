import { parentPort } from 'node:worker_threads'
import type { TurboAnswer, TurboRequest } from '../messages.ts'

// In place of the real thread: ends or throws where a tile's last byte says so, else answers a tile of its value.
parentPort?.on('message', (requests: TurboRequest[]) => parentPort?.postMessage(requests.map(answerTo)))

function answerTo(request: TurboRequest): TurboAnswer {
  if (request.op !== 'decode') return { id: request.id, failed: 'this one only decodes' }
  const last = request.jpeg.at(-1) ?? 0
  if (last === 1) process.exit(3)
  if (last === 2) throw new Error('no memory')
  return { id: request.id, bytes: new Uint8Array(request.widthPx * request.heightPx * 3).fill(last) }
}
