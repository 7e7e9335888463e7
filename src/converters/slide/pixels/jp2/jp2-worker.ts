import { parentPort, workerData } from 'node:worker_threads'
import { TileDamaged } from '../../source.ts'
import { TileDecoder } from './tile-decoder.ts'
import type { ThreadAnswer, TileOrder } from './tile-order.ts'

// A thread of the pool: decodes one tile after the other, for as long as it is left alive.
const decoder = await TileDecoder.open(workerData)
const say = (answer: ThreadAnswer, moved: ArrayBuffer[] = []) => parentPort?.postMessage(answer, moved)

parentPort?.on('message', (order: TileOrder) => {
  try {
    const rgb = decoder.decode(order)
    say({ type: 'pixels', rgb }, [rgb.buffer])
  } catch (error) {
    if (error instanceof TileDamaged) say({ type: 'damaged', reason: error.reason, broken: false })
    else say({ type: 'damaged', reason: 'its data crashed the decoder', broken: true })
  }
})
say({ type: 'ready' })
