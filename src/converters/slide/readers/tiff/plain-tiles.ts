import { Compression, Photometric } from '@cogeotiff/core'
import sharp from 'sharp'
import { reasonOf } from '../../../failures.ts'
import { halve } from '../../pixels/box-filter.ts'
import { copyPixels, type PixelWindow } from '../../pixels/pixel-window.ts'
import { TileDamaged } from '../../source.ts'

/** A tile of LZW, Deflate or plain bytes. */
export interface PlainTile {
  widthPx: number
  heightPx: number
  compression: number
  predictor: number
  /** Of a pixel: grey, RGB, either with transparency. */
  samples: 1 | 2 | 3 | 4
  /** TIFF's ExtraSamples of the transparency; 0 without one. */
  alpha: number
}

/** What shows through; of slides of these formats none says another. */
const background = '#ffffff'

/** Decodes a tile to RGB; `into` has its size over `scale`, rounded up. Throws TileDamaged. */
export async function decodePlain(bytes: Buffer, tile: PlainTile, into: PixelWindow, scale: 1 | 2): Promise<void> {
  const { widthPx, heightPx } = tile
  const data = await pixelsOf(bytes, tile)
  const whole = { data, offset: 0, strideBytes: widthPx * 3, widthPx, heightPx }
  if (scale === 2) halve(whole, into)
  else copyPixels(whole, into)
}

async function pixelsOf(bytes: Buffer, tile: PlainTile): Promise<Buffer> {
  const { compression, samples, widthPx, heightPx } = tile
  const isRaw = compression === Compression.None
  const sizeBytes = widthPx * heightPx * samples
  if (isRaw && bytes.length < sizeBytes) throw new TileDamaged(`it has ${bytes.length} of ${sizeBytes} bytes`)
  // libtiff, too, has a predictor only for LZW and Deflate.
  if (isRaw && samples === 3) return bytes
  try {
    const opaque = sharp(asTiff(bytes, tile), { failOn: 'warning' }).flatten({ background })
    return await opaque.toColourspace('srgb').raw().toBuffer()
  } catch (error) {
    throw new TileDamaged(reasonOf(error), { cause: error })
  }
}

const [short, long] = [3, 4]
/** Samples of 8 bits: one or two stand in the entry itself, more at `bitsAt`. */
const bitsOf = (samples: number, bitsAt: number) => [8, 0x80008][samples - 1] ?? bitsAt

/** The tile as a file of its own, so that libtiff's decoders can be asked: header, one strip, one directory. */
function asTiff(bytes: Buffer, { widthPx, heightPx, compression, predictor, samples, alpha }: PlainTile): Buffer {
  const bitsAt = 8
  const dataAt = bitsAt + 8
  const directoryAt = dataAt + bytes.length + (bytes.length % 2)
  const entries: [tag: number, type: number, count: number, value: number][] = [
    [256, long, 1, widthPx],
    [257, long, 1, heightPx],
    [258, short, samples, bitsOf(samples, bitsAt)],
    [259, short, 1, compression],
    [262, short, 1, samples <= 2 ? Photometric.MinIsBlack : Photometric.Rgb],
    [273, long, 1, dataAt],
    [277, short, 1, samples],
    [278, long, 1, heightPx],
    [279, long, 1, bytes.length],
    [284, short, 1, 1],
    [317, short, 1, predictor]
  ]
  if (samples % 2 === 0) entries.push([338, short, 1, alpha])
  const file = Buffer.alloc(directoryAt + 2 + entries.length * 12 + 4)
  file.write('II*\0', 0, 'latin1')
  file.writeUInt32LE(directoryAt, 4)
  for (let i = 0; i < 4; i++) file.writeUInt16LE(8, bitsAt + i * 2)
  bytes.copy(file, dataAt)
  file.writeUInt16LE(entries.length, directoryAt)
  for (const [i, entry] of entries.entries()) writeEntry(file, directoryAt + 2 + i * 12, entry)
  return file
}

function writeEntry(file: Buffer, at: number, [tag, type, count, value]: [number, number, number, number]): void {
  file.writeUInt16LE(tag, at)
  file.writeUInt16LE(type, at + 2)
  file.writeUInt32LE(count, at + 4)
  file.writeUInt32LE(value, at + 8)
}
