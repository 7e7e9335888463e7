import type { Task } from '../converter.ts'
import type { SlideProperties } from './properties/scale.ts'
import type { SlideSource } from './source.ts'

/** Who reads a slide, as the report names it. */
export const readerNames = ['tiff', 'dicom', 'openslide', 'libvips'] as const
export type ReaderName = (typeof readerNames)[number]

/** One thing in the source that could name a patient, an operator or a place: where it stands and what it says. */
export interface IdentifyingWord {
  /** `ImageDescription: Filename`, `DICOM (0010,0010) PatientName`, `openslide aperio.User`, ... */
  tag: string
  value: string
}

/** What a look at a slide found. Only the pyramid of the main image is ever converted. */
export interface SlideContent {
  kind: 'slide'
  /** As people read it: `Aperio SVS`, `OME-TIFF`, `DICOM WSI`, `Hamamatsu NDPI`, `TIFF`, `PNG`. */
  format: string
  reader: ReaderName
  widthPx: number
  heightPx: number
  /** Sizes in which the source holds the main image, the full one first. */
  levels: { widthPx: number; heightPx: number }[]
  /** Size of the full level's tiles; absent where the source has no square tiles of its own. */
  tileSizePx?: number
  /** Its full level is of JPEG tiles that can be copied as they are. */
  copyable: boolean
  /** All files of a slide of several, the main one first; paths as in the converter protocol. */
  parts?: { path: string; sizeBytes: number }[]
  properties: SlideProperties
  /** Where the source holds several pictures of this size: which one this is, `first of 5 focal planes`. */
  chosen?: string
  /** The embedded ICC profile. */
  icc?: Buffer
  /** Words of the source that are never passed on unless somebody asks for them. */
  identifying: IdentifyingWord[]
  /** Pictures of the glass: `label`, `macro`, `thumbnail`; never passed on unless somebody asks for them. */
  associated: AssociatedImage[]
  /** Opens the slide's pixels. Throws `damaged`, `source-unreadable` or `tool-missing`. */
  open(context: OpenContext): Promise<SlideSource>
  /** Writes the thumbnail in a way of its own, where opening costs as much as a conversion. */
  writeThumbnail?(path: string): Promise<boolean>
}

/** A picture beside the slide's own. `toJpeg` decodes it; it throws where the picture is damaged. */
export interface AssociatedImage {
  name: 'label' | 'macro' | 'thumbnail'
  toJpeg(): Promise<Buffer>
}

/** What reading pixels may use. */
export interface OpenContext {
  /** Share of the machine's threads. */
  threads: number
  /** Own folder for intermediate files. */
  scratchDir: string
  signal: AbortSignal
  /** How a reader that has to write tiles of its own first (pictures without tiles) should do so. */
  tiles: { sizePx: number; quality: number; lossless: boolean }
}

/** A conversion of a slide. */
export type SlideTask = Task<SlideContent>
