import type { DataSet } from 'dicom-parser'
import type { IdentifyingWord } from '../../content.ts'
import type { SlideProperties } from '../../properties/scale.ts'
import { tag, wholeSlideClass } from './attributes.ts'
import { integerOf, itemsOf } from './data-set.ts'
import { type DicomBytes, dicomDamaged, openBytes } from './dicom-file.ts'
import { type Head, readHead, sopClassOf } from './head.ts'
import { IdentifyingWords, identifyingIn } from './identifying.ts'
import { iccOf, scaleOf } from './properties.ts'
import { readItems } from './sequence-items.ts'
import { locateTail, type Tail } from './tail.ts'
import type { TransferSyntax } from './transfer-syntax.ts'

/** What an instance shows (ImageType, third value; PS3.3, C.8.12.4.1.1). */
export type Role = 'volume' | 'label' | 'macro' | 'thumbnail'

/** How the samples of a frame are stored. */
export interface Samples {
  syntax: TransferSyntax
  perPixel: number
  /** `RGB`, `YBR_FULL_422`, `MONOCHROME2`, ... */
  photometric: string
  /** Uncompressed pixels as planes of one colour each. */
  planar: boolean
  bitsAllocated: number
  bitsStored: number
}

/** A part of a level that was split into several files (PS3.3, C.7.6.16.2.2.4). */
export interface Concatenation {
  uid: string
  /** From 1. */
  part: number
  parts?: number
  /** Frames of the whole level before this part's first. */
  firstFrame: number
}

/** One file of a slide: what its attributes say, without its pixels. */
export interface DicomInstance {
  path: string
  sizeBytes: number
  uid: string
  study: string
  series: string
  frameOfReference: string
  role: Role
  /** A smaller version that was made of another instance. */
  resampled: boolean
  widthPx: number
  heightPx: number
  tileWidthPx: number
  tileHeightPx: number
  frames: number
  /** Each frame names its place; else they lie in reading order. */
  sparse: boolean
  opticalPaths: number
  focalPlanes: number
  fluorescence: boolean
  samples: Samples
  concatenation?: Concatenation
  properties: SlideProperties
  icc?: Buffer
  identifying: IdentifyingWord[]
  tail: Tail & Required<Pick<Tail, 'pixels'>>
}

/** Whether it is a DICOM file, and of which class (its UID, `''` where it doesn't say). */
export async function classOf(path: string): Promise<string | undefined> {
  return withBytes(path, sopClassOf)
}

/** Reads a file of a slide; undefined if it is no DICOM or no whole slide image. Throws `damaged` and others of `input`. */
export async function readInstance(path: string): Promise<DicomInstance | undefined> {
  return withBytes(path, async (file) => {
    const head = await readHead(file)
    const sopClass = head && (head.data.string(tag.sopClass) ?? head.data.string(tag.mediaStorageSopClass))
    return head && sopClass === wholeSlideClass ? sound(() => describe(path, file, head)) : undefined
  })
}

/** dicom-parser throws bare strings where an attribute is shorter than its type. */
async function sound<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (thrown) {
    throw thrown instanceof Error && 'code' in thrown
      ? thrown
      : dicomDamaged('its attributes do not fit their types', thrown)
  }
}

async function withBytes<T>(path: string, use: (file: DicomBytes) => Promise<T>): Promise<T> {
  const file = await openBytes(path)
  try {
    return await use(file)
  } finally {
    await file.close()
  }
}

async function describe(path: string, file: DicomBytes, head: Head): Promise<DicomInstance> {
  const { data } = head
  const { pixels, ...tail } = await locateTail(file, head)
  if (!pixels) throw dicomDamaged('it holds no pixel data')
  const size = sizeOf(data)
  const firstFrame = await firstFrameOf(file, tail, head.syntax.implicit === true)
  const icc = iccOf(data)
  return {
    path,
    sizeBytes: file.sizeBytes,
    ...identityOf(data),
    ...size,
    ...layoutOf(data, tail),
    samples: samplesOf(head),
    ...concatenationOf(data),
    properties: scaleOf(data, firstFrame, size),
    ...(icc && { icc }),
    identifying: wordsOf(data, firstFrame),
    tail: { ...tail, pixels }
  }
}

function identityOf(data: DataSet) {
  const type = (data.string(tag.imageType) ?? '').split('\\').map((value) => value.trim())
  return {
    uid: data.string(tag.sopInstance) ?? '',
    study: data.string(tag.study) ?? '',
    series: data.string(tag.series) ?? '',
    frameOfReference: data.string(tag.frameOfReference) ?? '',
    role: roles[type[2] ?? ''] ?? 'volume',
    resampled: type[3] === 'RESAMPLED'
  }
}

const roles: Record<string, Role | undefined> = {
  LABEL: 'label',
  OVERVIEW: 'macro',
  // The name of the overview in the first years of slides in DICOM.
  LOCALIZER: 'macro',
  THUMBNAIL: 'thumbnail'
}

function sizeOf(data: DataSet) {
  const tileWidthPx = data.uint16(tag.columns) ?? 0
  const tileHeightPx = data.uint16(tag.rows) ?? 0
  const widthPx = data.uint32(tag.totalColumns) ?? tileWidthPx
  const heightPx = data.uint32(tag.totalRows) ?? tileHeightPx
  if (Math.min(tileWidthPx, tileHeightPx, widthPx, heightPx) < 1)
    throw dicomDamaged(`it says it has ${widthPx} x ${heightPx} pixels in tiles of ${tileWidthPx} x ${tileHeightPx}`)
  return { tileWidthPx, tileHeightPx, widthPx, heightPx }
}

function layoutOf(data: DataSet, tail: Tail) {
  const organization = data.string(tag.organization)
  const paths = itemsOf(data, tag.opticalPaths)
  const codes = paths.flatMap((path) => itemsOf(path, illuminationType)).map((code) => code.string(codeValue))
  return {
    frames: integerOf(data, tag.frames) ?? 1,
    sparse: organization === undefined ? tail.perFrame !== undefined : organization !== 'TILED_FULL',
    opticalPaths: Math.max(1, data.uint32(tag.pathCount) ?? paths.length),
    focalPlanes: Math.max(1, data.uint32(tag.planeCount) ?? 1),
    fluorescence: codes.includes(epifluorescence)
  }
}

const illuminationType = 'x00220016'
const codeValue = 'x00080100'
/** Epifluorescence illumination in DICOM's own dictionary (PS3.16, CID 8123). */
const epifluorescence = '111743'

function samplesOf({ data, syntax }: Head): Samples {
  return {
    syntax,
    perPixel: data.uint16(tag.samples) ?? 0,
    photometric: data.string(tag.photometric) ?? '',
    planar: data.uint16(tag.planar) === 1,
    bitsAllocated: data.uint16(tag.bitsAllocated) ?? 0,
    bitsStored: data.uint16(tag.bitsStored) ?? 0
  }
}

function concatenationOf(data: DataSet): { concatenation?: Concatenation } {
  const uid = data.string(tag.concatenation)
  if (uid === undefined) return {}
  const parts = data.uint16(tag.partCount)
  const part = data.uint16(tag.partNumber) ?? 1
  return { concatenation: { uid, part, firstFrame: data.uint32(tag.firstFrame) ?? 0, ...(parts && { parts }) } }
}

async function firstFrameOf(file: DicomBytes, { perFrame }: Tail, implicit: boolean): Promise<DataSet | undefined> {
  let first: DataSet | undefined
  if (!perFrame) return undefined
  await readItems(file, perFrame, implicit, (item) => {
    first = item
    return false
  })
  return first
}

function wordsOf(data: DataSet, firstFrame: DataSet | undefined): IdentifyingWord[] {
  const words = new IdentifyingWords()
  identifyingIn(data, words)
  if (firstFrame) identifyingIn(firstFrame, words)
  return words.words
}
