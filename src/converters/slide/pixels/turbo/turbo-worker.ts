import { parentPort } from 'node:worker_threads'
import { TileDamaged } from '../../source.ts'
import { JoinMemory } from '../join-memory.ts'
import { newPixels, type PixelWindow } from '../pixel-window.ts'
import { canvasSize, childPlace, halveVisible, reducedTile } from '../reduce.ts'
import { loadTurboJpeg, type TurboJpeg } from './library.ts'
import type { ChildBytes, TurboAnswer, TurboRequest } from './messages.ts'

const port = parentPort
const turbo = loadTurboJpeg()
if (!port || !turbo) throw new Error('runs only as a thread, where libjpeg-turbo was found')

port.on('message', (requests: TurboRequest[]) => {
  const answers = requests.map((request) => {
    const answer = answerTo(request, turbo)
    release(request)
    return answer
  })
  port.postMessage(
    answers,
    answers.flatMap((answer) => ('bytes' in answer ? [answer.bytes.buffer] : []))
  )
})

/** Gives the memory of what came back at once: the garbage collector would let a hundred megabytes gather. */
function release(request: TurboRequest): void {
  const buffers =
    request.op === 'reduce'
      ? request.children.map(({ jpeg }) => jpeg.buffer)
      : [request.op === 'decode' ? request.jpeg.buffer : request.pixels.buffer]
  for (const buffer of buffers) if (buffer instanceof ArrayBuffer) buffer.transfer(0)
}

/** Thousands of canvases of one size would keep the garbage collector busy: what children don't cover is never seen. */
let canvas: PixelWindow | undefined
function reused(widthPx: number, heightPx: number): PixelWindow {
  if (canvas?.widthPx !== widthPx || canvas.heightPx !== heightPx) canvas = newPixels(widthPx, heightPx, 4)
  return canvas
}

function answerTo(request: TurboRequest, codec: TurboJpeg): TurboAnswer {
  const { id } = request
  let at = 0
  try {
    return { id, bytes: run(request, codec, (index) => (at = index)) }
  } catch (error) {
    if (error instanceof TileDamaged) return { id, damaged: error.reason, at }
    return { id, failed: String(error) }
  }
}

function run(request: TurboRequest, codec: TurboJpeg, begin: (child: number) => void): Uint8Array<ArrayBuffer> {
  switch (request.op) {
    case 'decode': {
      const window = newPixels(request.widthPx, request.heightPx)
      codec.decode(request.jpeg, window, request.scale)
      return new Uint8Array(window.data.buffer as ArrayBuffer, window.data.byteOffset, window.data.length)
    }
    case 'encode': {
      const { pixels, widthPx, heightPx, quality } = request
      const data = Buffer.from(pixels.buffer, pixels.byteOffset, pixels.length)
      return new Uint8Array(codec.encode({ data, offset: 0, strideBytes: widthPx * 3, widthPx, heightPx }, quality))
    }
    case 'reduce': {
      const whole = reused(...canvasSize(request))
      for (const [index, child] of request.children.entries()) {
        begin(index)
        decodeChild(codec, child, childPlace(whole, child))
      }
      return new Uint8Array(codec.encode(reducedTile(whole, request), request.quality))
    }
  }
}

/**
 * libjpeg-turbo decodes the last units of an image slowly, as far as 512 bytes for each of their up to ten blocks reach: never to
 * read beyond the end (`BUFSIZE` in its jdhuff.c). Markers of the end behind it mean nothing else, and let it stay fast.
 */
const moreEnds = Buffer.alloc(512 * 10, Buffer.from([0xff, 0xd9]))
/** What lies in shared memory is copied: whatever happens to that, no JPEG changes amid its decode. */
const memory = new JoinMemory()
const noHead = new Uint8Array(0)
function wholeJpeg({ head = noHead, jpeg }: ChildBytes): Uint8Array {
  return head.length === 0 && jpeg.buffer instanceof ArrayBuffer ? jpeg : memory.join(head, jpeg, moreEnds)
}

/**
 * In a picture of a few pixels most of a JPEG block is padding, and a decode at half scale mixes it in: such ones are
 * decoded whole and averaged.
 */
const smallestHalfDecodePx = 64

function decodeChild(codec: TurboJpeg, child: ChildBytes, into: PixelWindow): void {
  const jpeg = wholeJpeg(child)
  const [widthPx, heightPx] = codec.sizeOf(jpeg)
  if (widthPx < child.widthPx || heightPx < child.heightPx)
    throw new TileDamaged(`it has ${widthPx} x ${heightPx} pixels`)
  const isCut = widthPx !== child.widthPx || heightPx !== child.heightPx
  if (!isCut && Math.min(widthPx, heightPx) >= smallestHalfDecodePx) codec.decode(jpeg, into, 2)
  else {
    const decoded = newPixels(widthPx, heightPx)
    codec.decode(jpeg, decoded, 1)
    halveVisible(decoded, child, into)
  }
}
