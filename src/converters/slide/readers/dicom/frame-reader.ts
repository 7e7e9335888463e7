import type { SourceTile } from '../../source.ts'
import { dicomDamaged, type Extent } from './dicom-file.ts'
import { type FrameGrid, type OpenPart, readFrameGrid } from './frame-grid.ts'
import { type FrameTable, readFrameTable } from './frame-table.ts'
import { frameIn } from './pixel-items.ts'

/** Frames that follow each other in the file are read at once, up to this many bytes. */
const mostBytesARead = 8 << 20
/** No compressed tile comes near; what says so is a lie that would fill the memory. */
const mostFrameBytes = 128 << 20

type Part = OpenPart & { table: FrameTable }
type Place = Extent & { part: Part }

/** Reads the frames of a level, wherever in its files they lie. */
export class FrameReader {
  readonly grid: FrameGrid
  readonly #parts: readonly Part[]

  /** Finds the frames. Throws `damaged` where they aren't where the file says, or where most are gone. */
  static async open(parts: readonly [OpenPart, ...OpenPart[]]): Promise<FrameReader> {
    const grid = await readFrameGrid(parts)
    const tables: Part[] = []
    for (const part of parts) tables.push({ ...part, table: await readFrameTable(part.file, part.instance) })
    checkPresence(grid, tables)
    return new FrameReader(grid, tables)
  }

  private constructor(grid: FrameGrid, parts: readonly Part[]) {
    this.grid = grid
    this.#parts = parts
  }

  /** The tiles `from` up to (without) `to` of a row, in order. */
  async readTiles(row: number, from: number, to: number): Promise<SourceTile[]> {
    const places = Array.from({ length: to - from }, (_, i) => this.#locate(from + i, row))
    const frames: Frame[] = []
    while (frames.length < places.length) frames.push(...(await readRun(runAt(places, frames.length))))
    return frames.map((frame, i) => ({ column: from + i, row, ...frame }))
  }

  /** The first frames that the file holds, at most `count`. */
  async firstFrames(count: number): Promise<Buffer[]> {
    const found: Buffer[] = []
    const { columns, rows } = this.grid
    for (let cell = 0; cell < columns * rows && found.length < count; cell++) {
      const place = this.#locate(cell % columns, Math.floor(cell / columns))
      const [frame] = place ? await readRun([place]) : []
      if (frame?.bytes) found.push(frame.bytes)
    }
    return found
  }

  #locate(column: number, row: number): Place | undefined {
    const frame = this.grid.frameAt(column, row)
    if (frame === undefined) return undefined
    const part = this.#parts.findLast(({ firstFrame }) => firstFrame <= frame)
    const inPart = frame - (part?.firstFrame ?? 0)
    const extent = part && inPart < part.instance.frames ? part.table.extent(inPart) : undefined
    return part && extent && { ...extent, part }
  }
}

/** The place at `start` and those that follow it in the same file without a gap; one that is nowhere stands alone. */
function runAt(places: readonly (Place | undefined)[], start: number): (Place | undefined)[] {
  const first = places[start]
  let end = start + 1
  for (let last = first; last; end++) {
    const next = places[end]
    const follows = next?.part === last.part && next.offset === last.offset + last.lengthBytes
    if (!first || !follows || next.offset + next.lengthBytes - first.offset > mostBytesARead) break
    last = next
  }
  return places.slice(start, end)
}

type Frame = Pick<SourceTile, 'bytes' | 'stored'>

async function readRun(run: (Place | undefined)[]): Promise<Frame[]> {
  const [first, last] = [run[0], run.at(-1)]
  if (!first || !last) return run.map(() => ({ stored: false }))
  const lengthBytes = last.offset + last.lengthBytes - first.offset
  if (lengthBytes > mostFrameBytes) return [{ stored: true }]
  const bytes = await first.part.file.readUpTo(first.offset, lengthBytes)
  return run.flatMap((place) => (place ? frameOf(bytes.subarray(place.offset - first.offset), place) : []))
}

function frameOf(from: Buffer, { lengthBytes, part }: Place): Frame {
  const extent = from.subarray(0, lengthBytes)
  const bytes = part.table.encapsulated ? frameIn(extent) : extent
  // An item of no bytes is how some writers leave a tile out.
  return bytes?.length === 0 ? { stored: false } : { stored: true, ...(bytes && { bytes }) }
}

/** Some lost tiles are mended from other levels; a slide of which most is gone is none. */
function checkPresence(grid: FrameGrid, parts: readonly Part[]): void {
  const { sparse } = parts[0]?.instance ?? { sparse: false }
  const said = parts.reduce((sum, { instance }) => sum + instance.frames, 0)
  const promised = sparse ? said : grid.promised
  const there = parts.reduce(
    (sum, { table, firstFrame }) => sum + Math.min(table.count, Math.max(0, promised - firstFrame)),
    0
  )
  if (there * 2 < promised) throw dicomDamaged(`of its ${promised} tiles it holds ${there}`)
  const cells = grid.columns * grid.rows
  // A real slide keeps its tissue, however little there is.
  if (grid.promised * 1000 < cells) throw dicomDamaged(`of its ${cells} tiles it holds ${grid.promised}`)
}
