import { endsInEoi, jpegHeader } from '../../pixels/jpeg-header.ts'
import { scanLooksSound } from '../../pixels/jpeg-scan.ts'
import type { SourceLevel, SourceTile } from '../../source.ts'
import { type TileStream, tileStream } from './tile-stream.ts'

/** A source's tile taken apart; undefined where its head, its size, its end or a look at its pixels shows that it can't be copied. */
export function usableTile(level: SourceLevel, { bytes, stored }: SourceTile): TileStream | undefined {
  if (!stored || !bytes || !endsInEoi(bytes)) return undefined
  const stream = tileStream(bytes, level.jpeg?.rgb ? 2 : 6)
  return stream && hasSizeOf(level, stream) && scanLooksSound(bytes) ? stream : undefined
}

/** Whether a JPEG has the size of a level's tiles. */
export function hasSizeOf(level: SourceLevel, size: { widthPx: number; heightPx: number }): boolean {
  return size.widthPx === level.tileWidthPx && size.heightPx === level.tileHeightPx
}

/** Why a tile can't be copied, as one clause. */
export function faultOf(level: SourceLevel, { bytes, stored }: SourceTile): string {
  if (!stored) return 'not stored'
  if (!bytes) return 'its bytes are not in the file'
  if (!endsInEoi(bytes)) return 'its JPEG is cut short'
  const size = jpegHeader(bytes)
  if (!size) return 'its JPEG has no head'
  if (hasSizeOf(level, size))
    return 'its JPEG is of a kind that viewers do not show, or its coded pixels are overwritten'
  return `its JPEG has ${size.widthPx} x ${size.heightPx} pixels instead of ${level.tileWidthPx} x ${level.tileHeightPx}`
}
