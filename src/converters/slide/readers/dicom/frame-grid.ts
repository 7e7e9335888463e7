import type { DataSet } from 'dicom-parser'
import { notRecognised } from '../../../failures.ts'
import { tag } from './attributes.ts'
import { itemsOf } from './data-set.ts'
import type { DicomBytes } from './dicom-file.ts'
import type { DicomInstance } from './instance.ts'
import { readItems } from './sequence-items.ts'

/** Which frame of a level shows which cell of its grid; frames count over all parts of the level. */
export interface FrameGrid {
  columns: number
  rows: number
  /** Undefined for a cell that no frame shows. */
  frameAt(column: number, row: number): number | undefined
  /** Cells that a frame is said to show. */
  promised: number
}

/** One file of a level and its open bytes. */
export interface OpenPart {
  instance: DicomInstance
  file: DicomBytes
  /** Frames of the level before its own. */
  firstFrame: number
}

/** Lays out a level's frames. Throws `damaged`, or `not-recognised` where they form no grid. */
export async function readFrameGrid(parts: readonly [OpenPart, ...OpenPart[]]): Promise<FrameGrid> {
  const { instance } = parts[0]
  const columns = Math.ceil(instance.widthPx / instance.tileWidthPx)
  const rows = Math.ceil(instance.heightPx / instance.tileHeightPx)
  if (instance.sparse) return sparseGrid(parts, columns, rows)
  // Paths and planes follow each other (PS3.3, C.7.6.17.3): the first of each comes first, row by row.
  const frameAt = (column: number, row: number) => row * columns + column
  return { columns, rows, frameAt, promised: columns * rows }
}

async function sparseGrid(parts: readonly OpenPart[], columns: number, rows: number): Promise<FrameGrid> {
  const frames = new Int32Array(columns * rows).fill(-1)
  const collector = new SparseCollector(frames, columns, rows)
  for (const part of parts) await collector.add(part)
  const frameAt = (column: number, row: number) => {
    const frame = frames[row * columns + column] ?? -1
    return frame < 0 ? undefined : frame
  }
  return { columns, rows, frameAt, promised: collector.placed }
}

/**
 * Puts each frame where it says it lies: those of the first frame's optical path, and of several focal planes the first
 * that comes. Heights tell no planes apart, for scanners note where each tile was in focus.
 */
class SparseCollector {
  placed = 0
  readonly #frames: Int32Array
  readonly #columns: number
  readonly #rows: number
  #path: string | undefined

  constructor(frames: Int32Array, columns: number, rows: number) {
    this.#frames = frames
    this.#columns = columns
    this.#rows = rows
  }

  async add({ instance, file, firstFrame }: OpenPart): Promise<void> {
    const { perFrame } = instance.tail
    if (!perFrame) throw noGrid('no frame says where it lies')
    await readItems(file, perFrame, instance.samples.syntax.implicit === true, (item, index) => {
      this.#place(item, firstFrame + index, instance)
      return index + 1 < instance.frames
    })
  }

  #place(item: DataSet, frame: number, { tileWidthPx, tileHeightPx }: DicomInstance): void {
    const position = itemsOf(item, tag.positionOfFrame)[0]
    const [x, y] = [position?.int32(tag.columnOfFrame), position?.int32(tag.rowOfFrame)]
    if (x === undefined || y === undefined) throw noGrid(`frame ${frame + 1} does not say where it lies`)
    if (!this.#isOfFirstPath(item)) return
    const [column, row] = [(x - 1) / tileWidthPx, (y - 1) / tileHeightPx]
    const isInside = column >= 0 && row >= 0 && column < this.#columns && row < this.#rows
    if (!Number.isInteger(column) || !Number.isInteger(row) || !isInside)
      throw noGrid(`frame ${frame + 1} lies at column ${x}, row ${y}, in tiles of ${tileWidthPx} x ${tileHeightPx}`)
    const cell = row * this.#columns + column
    if (this.#frames[cell] !== -1) return
    this.#frames[cell] = frame
    this.placed++
  }

  #isOfFirstPath(item: DataSet): boolean {
    const path = itemsOf(item, tag.opticalPathOfFrame)[0]?.string(tag.opticalPath) ?? ''
    this.#path ??= path
    return this.#path === path
  }
}

function noGrid(what: string) {
  return notRecognised(
    `The DICOM slide's frames do not form one grid: ${what}.`,
    'Export it as TILED_FULL, or with tiles that lie side by side.'
  )
}
