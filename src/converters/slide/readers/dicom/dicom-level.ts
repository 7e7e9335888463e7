import type { PixelWindow } from '../../pixels/pixel-window.ts'
import { type JpegTiles, type SourceLevel, type SourceTile, TileDamaged } from '../../source.ts'
import { dicomDamaged } from './dicom-file.ts'
import type { FrameDecoder } from './frame-decoder.ts'
import type { OpenPart } from './frame-grid.ts'
import { FrameReader } from './frame-reader.ts'
import type { DicomInstance } from './instance.ts'
import { frameStream, jpegTiles } from './jpeg-frames.ts'
import { bitsNotDecoded } from './pixel-format.ts'

/** A frame may be broken; that many in a row at the beginning are no accident. */
const framesLookedAt = 8

/** Opens a level: the frames of one file, or of the parts that it was split into. Throws `damaged` and the like. */
export async function openLevel(
  parts: readonly [OpenPart, ...OpenPart[]],
  decoder: FrameDecoder
): Promise<SourceLevel> {
  const { instance } = parts[0]
  const reader = await FrameReader.open(parts)
  const { color, tiles } = instance.samples.syntax.pixels === 'jpeg' ? await lookAtFrames(reader, instance) : {}
  const { widthPx, heightPx, tileWidthPx, tileHeightPx } = instance
  return {
    widthPx,
    heightPx,
    tileWidthPx,
    tileHeightPx,
    ...(tiles && { jpeg: tiles }),
    readTiles: (row, from, to) => reader.readTiles(row, from, to),
    decode: async (tile: SourceTile, into: PixelWindow, scale: 1 | 2) => {
      if (!tile.bytes) throw new TileDamaged(tile.stored ? 'its bytes do not fit the file' : 'it is not stored')
      await decoder.decode(color?.complete(tile.bytes) ?? tile.bytes, instance, into, scale)
    }
  }
}

/** How JPEG frames are to be read (`color`), and whether they can be copied (`tiles`). */
async function lookAtFrames(
  reader: FrameReader,
  { tileWidthPx, tileHeightPx, samples }: DicomInstance
): Promise<{ color?: JpegTiles; tiles?: JpegTiles }> {
  const frames = await reader.firstFrames(framesLookedAt)
  const stream = frames.map(frameStream).find((found) => found !== undefined)
  if (!stream) return {}
  if (stream.bits !== 8) throw bitsNotDecoded(stream.bits)
  if (stream.widthPx !== tileWidthPx || stream.heightPx !== tileHeightPx)
    throw dicomDamaged(
      `its tiles have ${stream.widthPx} x ${stream.heightPx} pixels and should have ${tileWidthPx} x ${tileHeightPx}`
    )
  const color = jpegTiles(stream, samples.photometric)
  return stream.copyable ? { color, tiles: color } : { color }
}
