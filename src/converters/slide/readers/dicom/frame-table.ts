import { type DicomBytes, dicomDamaged, type Extent } from './dicom-file.ts'
import type { DicomInstance } from './instance.ts'
import { itemAt, walkItems } from './pixel-items.ts'

/** Where each frame of a file lies: compressed ones with the headers of their items. 12 bytes a frame. */
export interface FrameTable {
  readonly count: number
  /** Undefined for a frame that the file doesn't hold. */
  extent(frame: number): Extent | undefined
  /** Compressed frames lie in items, uncompressed ones bare behind each other. */
  readonly encapsulated: boolean
}

/** Finds the frames of a file: by its offset table where there is a sound one, else by a walk along the items. */
export async function readFrameTable(file: DicomBytes, instance: DicomInstance): Promise<FrameTable> {
  const { pixels } = instance.tail
  const compressed = instance.samples.syntax.pixels !== 'native'
  if (compressed === Number.isFinite(pixels.lengthBytes))
    throw dicomDamaged(
      compressed ? 'its compressed pixels are not divided into items' : 'its uncompressed pixels have no length'
    )
  return compressed ? encapsulated(file, instance) : native(file, instance)
}

function native(file: DicomBytes, { tail, tileWidthPx, tileHeightPx, samples, frames }: DicomInstance): FrameTable {
  const { offset, lengthBytes } = tail.pixels
  const frameBytes = tileWidthPx * tileHeightPx * samples.perPixel
  const there = Math.floor(Math.min(lengthBytes, file.sizeBytes - offset) / frameBytes)
  const count = Math.min(frames, there)
  const extent = (frame: number) =>
    frame < count ? { offset: offset + frame * frameBytes, lengthBytes: frameBytes } : undefined
  return { count, extent, encapsulated: false }
}

async function encapsulated(file: DicomBytes, instance: DicomInstance): Promise<FrameTable> {
  const { pixels } = instance.tail
  const basic = await itemAt(file, pixels.offset)
  if (basic?.kind !== 'item') throw dicomDamaged('its pixel data does not begin with an offset table')
  const firstItem = pixels.offset + 8 + basic.lengthBytes
  const starts =
    (await extendedStarts(file, instance, firstItem)) ??
    (await basicStarts(file, instance, { offset: pixels.offset + 8, lengthBytes: basic.lengthBytes }, firstItem))
  return starts ? fromStarts(file, starts) : fromWalk(file, firstItem, instance.frames)
}

/** Offsets of the table in front of the first frame; 32 bits each, so that files of more than 4 GB leave it empty. */
async function basicStarts(file: DicomBytes, { frames }: DicomInstance, table: Extent, firstItem: number) {
  if (table.lengthBytes !== frames * 4 || table.offset + table.lengthBytes > file.sizeBytes) return undefined
  const bytes = await file.readUpTo(table.offset, table.lengthBytes)
  return soundStarts(file, frames, firstItem, (frame) => bytes.readUInt32LE(frame * 4))
}

/** Offsets of the Extended Offset Table (PS3.3, C.7.6.3.1.8); 64 bits each. */
async function extendedStarts(file: DicomBytes, { frames, tail }: DicomInstance, firstItem: number) {
  const table = tail.offsetTable
  if (table?.lengthBytes !== frames * 8 || table.offset + table.lengthBytes > file.sizeBytes) return undefined
  const bytes = await file.readUpTo(table.offset, table.lengthBytes)
  return soundStarts(file, frames, firstItem, (frame) => Number(bytes.readBigUInt64LE(frame * 8)))
}

/** Undefined for a table that lies: frames follow each other, and items begin at the first and at the last that is there. */
async function soundStarts(file: DicomBytes, frames: number, firstItem: number, at: (frame: number) => number) {
  const starts = new Float64Array(frames)
  for (let frame = 0; frame < frames; frame++) {
    starts[frame] = firstItem + at(frame)
    if (frame > 0 && (starts[frame] ?? 0) <= (starts[frame - 1] ?? 0)) return undefined
  }
  const last = starts.findLast((start) => start < file.sizeBytes)
  const begins = starts[0] === firstItem && (await itemAt(file, firstItem))?.kind === 'item'
  return begins && last !== undefined && (await itemAt(file, last))?.kind === 'item' ? starts : undefined
}

async function fromStarts(file: DicomBytes, starts: Float64Array): Promise<FrameTable> {
  const lastStart = starts.at(-1) ?? 0
  const end = lastStart < file.sizeBytes ? (await walkItems(file, lastStart, () => true)).endOffset : lastStart
  return tableOf(starts, end, file.sizeBytes)
}

/** Without a table, an item is a frame; where there are more items than frames, those that begin a picture begin one. */
async function fromWalk(file: DicomBytes, firstItem: number, frames: number): Promise<FrameTable> {
  const most = frames * mostFragments + 1
  let [starts, count] = [new Float64Array(Math.min(frames, 1024)), 0]
  const { endOffset, items } = await walkItems(file, firstItem, (offset, index) => {
    if (count === starts.length) starts = doubled(starts)
    starts[count++] = offset
    return index < most
  })
  if (items > most) throw dicomDamaged(`its pixels are in more than ${most} pieces, for ${frames} frames`)
  const all = starts.subarray(0, count)
  return tableOf(items > frames ? await beginningsOf(file, all) : all, endOffset, file.sizeBytes)
}

/** A frame in more pieces than this is no frame of a slide's tile. */
const mostFragments = 64

function doubled(starts: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(starts.length * 2)
  larger.set(starts)
  return larger
}

/** JPEG's SOI, JPEG 2000's SOC. */
const beginnings = [0xffd8, 0xff4f]

async function beginningsOf(file: DicomBytes, starts: Float64Array): Promise<Float64Array> {
  const found: number[] = []
  for (const start of starts) {
    const head = await file.readUpTo(start + 8, 2)
    if (head.length === 2 && beginnings.includes(head.readUInt16BE())) found.push(start)
  }
  return Float64Array.from(found)
}

function tableOf(starts: Float64Array, end: number, sizeBytes: number): FrameTable {
  const extent = (frame: number): Extent | undefined => {
    const offset = starts[frame]
    if (offset === undefined || offset + 8 >= sizeBytes) return undefined
    return { offset, lengthBytes: Math.min(starts[frame + 1] ?? end, sizeBytes) - offset }
  }
  const there = starts.findLastIndex((start) => start + 8 < sizeBytes) + 1
  return { count: there, extent, encapsulated: true }
}
