import { join } from 'node:path'
import { deepZoomLayout, type Geometry, type Layout } from '../pyramid/geometry.ts'
import type { TileSink } from '../sink.ts'
import { BigTiffSink, bigTiffLayout } from './bigtiff/bigtiff-sink.ts'
import { dziNames } from './dzi/dzi-names.ts'
import { FolderSink } from './folder/folder-sink.ts'
import { iiif3Layout, iiif3Names } from './iiif3/iiif3-names.ts'
import type { FilePlace } from './single-file.ts'
import { sziNames } from './szi/szi-names.ts'
import type { TileNames } from './tile-names.ts'
import { ZipSink } from './zip/zip-sink.ts'
import { zoomifyLayout, zoomifyNames } from './zoomify/zoomify-names.ts'

/** Where a result goes: the files of `resultDir`, or the stored zip `zip` that travels to another node, with the same names. */
export interface ResultPlace {
  resultDir: string
  zip?: string
}

/** What a sink may use besides. */
export interface SinkContext {
  /** Own folder that outlives a killed child. */
  scratchDir: string
}

/** A way to store a pyramid. */
export interface SlideFormat {
  layout: Layout
  /** What people open, a file or folder at the top of the result. */
  primary: string
  /** Whether neighbouring tiles may share pixels. */
  allowsOverlap: boolean
  /** Tile sizes must be a multiple of this. */
  tileMultiplePx: number
  open(geometry: Geometry, place: ResultPlace, context: SinkContext): Promise<TileSink>
}

/** A result of many files. */
function manyFiles(names: (geometry: Geometry) => TileNames): SlideFormat['open'] {
  return async (geometry, { resultDir, zip }) =>
    zip === undefined
      ? new FolderSink(resultDir, geometry, names(geometry))
      : ZipSink.open({ path: zip }, geometry, names(geometry))
}

/** Where a result of one file lies. */
export function filePlace({ resultDir, zip }: ResultPlace, name: string): FilePlace {
  return zip === undefined ? { path: join(resultDir, name) } : { path: zip, entry: name }
}

const anySize = { tileMultiplePx: 1 }

/** The slide profiles' formats. */
export const slideFormats = {
  dzi: {
    layout: deepZoomLayout,
    primary: 'result.dzi',
    allowsOverlap: true,
    ...anySize,
    open: manyFiles((geometry) => dziNames(geometry, 'result'))
  },
  szi: {
    layout: deepZoomLayout,
    primary: 'result.szi',
    allowsOverlap: true,
    ...anySize,
    open: (geometry, place) => ZipSink.open(filePlace(place, 'result.szi'), geometry, sziNames(geometry))
  },
  bigtiff: {
    layout: bigTiffLayout,
    primary: 'result.tif',
    allowsOverlap: false,
    tileMultiplePx: 16,
    open: (geometry, place, { scratchDir }) => BigTiffSink.open(filePlace(place, 'result.tif'), geometry, scratchDir)
  },
  iiif3: {
    layout: iiif3Layout,
    primary: 'result_iiif',
    allowsOverlap: false,
    ...anySize,
    open: manyFiles(iiif3Names)
  },
  zoomify: {
    layout: zoomifyLayout,
    primary: 'result_zoomify',
    allowsOverlap: false,
    ...anySize,
    open: manyFiles(zoomifyNames)
  }
} as const satisfies Record<string, SlideFormat>
