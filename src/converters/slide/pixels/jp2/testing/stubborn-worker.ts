import { parentPort } from 'node:worker_threads'
import type { ThreadAnswer, TileOrder } from '../tile-order.ts'

// In place of the real thread: hangs, ends or gives up where the codestream's last byte says so, else answers a tile of its value.
const say = (answer: ThreadAnswer) => parentPort?.postMessage(answer)

parentPort?.on('message', ({ codestream, widthPx, heightPx }: TileOrder) => {
  const last = codestream.at(-1) ?? 0
  if (last === 1) for (;;);
  if (last === 2) process.exit(3)
  if (last === 3) say({ type: 'damaged', reason: 'its data crashed the decoder', broken: true })
  else say({ type: 'pixels', rgb: new Uint8Array(widthPx * heightPx * 3).fill(last) })
})
say({ type: 'ready' })
