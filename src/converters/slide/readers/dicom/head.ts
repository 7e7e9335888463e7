import dicomParser, { type DataSet } from 'dicom-parser'
import { unsupportedCompression } from '../../../failures.ts'
import { tag } from './attributes.ts'
import { dataSetOf, peekTag, type Stream, streamOf, TooManyAttributes } from './data-set.ts'
import { type DicomBytes, dicomDamaged } from './dicom-file.ts'
import { type TransferSyntax, transferSyntaxOf } from './transfer-syntax.ts'

/** The attributes in front of those that grow with the number of frames. */
export interface Head {
  data: DataSet
  syntax: TransferSyntax
  /** Where the first attribute lies that is not in `data`: per-frame groups, an offset table, the pixels, the end. */
  endOffset: number
}

/** Enough for most heads without an ICC profile. */
const firstBytes = 64 << 10
/** Profiles and private attributes of scanners are a few MB. */
const mostBytes = 64 << 20
const preambleBytes = 128

/** The SOP class that the file's own header gives; undefined if it is no DICOM file. */
export async function sopClassOf(file: DicomBytes): Promise<string | undefined> {
  const bytes = await file.readUpTo(0, 4096)
  if (!isDicom(bytes)) return undefined
  try {
    const stream = streamOf(bytes)
    stream.seek(preambleBytes + 4)
    const meta = dataSetOf(stream)
    while (stream.position < bytes.length && peekTag(stream) <= tag.mediaStorageSopClass)
      addElement(meta, dicomParser.readDicomElementExplicit(stream))
    return meta.string(tag.mediaStorageSopClass) ?? ''
  } catch {
    return ''
  }
}

/** Reads a file's head; undefined if it is no DICOM file. Throws `damaged` or `unsupported-compression`. */
export async function readHead(file: DicomBytes): Promise<Head | undefined> {
  const mostHere = Math.min(file.sizeBytes, mostBytes)
  let length = Math.min(firstBytes, mostHere)
  for (;;) {
    const bytes = await file.readUpTo(0, length)
    if (!isDicom(bytes)) return undefined
    const parsed = parse(bytes)
    if ('head' in parsed && (parsed.head.endOffset < bytes.length || bytes.length === file.sizeBytes)) {
      if (parsed.head.endOffset <= file.sizeBytes) return parsed.head
    }
    const isEndless = 'thrown' in parsed && parsed.thrown instanceof TooManyAttributes
    if (isEndless || length >= mostHere) throw unreadable(parsed, file.sizeBytes)
    length = Math.min(mostHere, length * 4)
  }
}

type Parsed = { head: Head } | { thrown: unknown }

function parse(bytes: Buffer): Parsed {
  try {
    return { head: parseHead(bytes) }
  } catch (thrown) {
    if (thrown instanceof Error && 'class' in thrown) throw thrown
    return { thrown }
  }
}

function parseHead(bytes: Buffer): Head {
  const stream = streamOf(bytes)
  stream.seek(preambleBytes + 4)
  const data = dataSetOf(stream)
  readElements(stream, data, false, 'x00030000')
  const syntax = transferSyntaxOf((data.string(tag.transferSyntax) ?? '').trim())
  if (syntax.opaque) throw notDecoded(syntax)
  readElements(stream, data, syntax.implicit === true, tag.perFrameGroups)
  return { data, syntax, endOffset: stream.position }
}

function readElements(stream: Stream, data: DataSet, implicit: boolean, end: string): void {
  while (stream.position < stream.byteArray.length && peekTag(stream) < end) {
    const warnings: string[] = []
    const element = implicit
      ? dicomParser.readDicomElementImplicit(stream)
      : dicomParser.readDicomElementExplicit(stream, warnings)
    // What ends too early is a warning to the library: the bytes at hand may end inside a sequence.
    const cutShort = [...warnings, ...stream.warnings].find((warning) => warning.startsWith('eof'))
    if (cutShort) throw new Error(cutShort)
    addElement(data, element)
  }
}

function addElement(data: DataSet, element: dicomParser.Element): void {
  data.elements[element.tag] = element
}

/** The refusal of pixels that no decoder here understands, by their name. */
export function notDecoded({ name }: TransferSyntax) {
  return unsupportedCompression(
    `The DICOM slide's pixels are stored as ${name}, which can't be decoded here.`,
    'Export it with JPEG, JPEG 2000 or uncompressed pixels.'
  )
}

function unreadable(parsed: Parsed, sizeBytes: number) {
  const isParsed = 'head' in parsed
  if (!isParsed && parsed.thrown instanceof TooManyAttributes)
    return dicomDamaged('it has too many attributes', parsed.thrown)
  if (sizeBytes > mostBytes) return dicomDamaged(`its attributes are not over after ${mostBytes >> 20} MB`)
  return dicomDamaged(
    isParsed
      ? `its attributes reach to byte ${parsed.head.endOffset}, the file ends at ${sizeBytes}`
      : 'its attributes can not be read to their end',
    isParsed ? undefined : parsed.thrown
  )
}

function isDicom(bytes: Buffer): boolean {
  return bytes.toString('latin1', preambleBytes, preambleBytes + 4) === 'DICM'
}
