import { parentPort } from 'node:worker_threads'
import type { TurboAnswer, TurboRequest } from '../messages.ts'

// In place of the real thread: ends or throws where a tile's last byte says so, else answers a tile of its value.
const say = (answer: TurboAnswer) => parentPort?.postMessage(answer)

parentPort?.on('message', (request: TurboRequest) => {
  if (request.op !== 'decode') return say({ id: request.id, failed: 'this one only decodes' })
  const last = request.jpeg.at(-1) ?? 0
  if (last === 1) process.exit(3)
  if (last === 2) throw new Error('no memory')
  say({ id: request.id, bytes: new Uint8Array(request.widthPx * request.heightPx * 3).fill(last) })
})
