import dicomParser, { type DataSet } from 'dicom-parser'
import { peekTag, type Stream, streamOf } from './data-set.ts'
import { type DicomBytes, dicomDamaged, type Extent } from './dicom-file.ts'

/** Items are looked at through a window of the file that moves along; one item fits into the largest. */
const windowBytes = { first: 1 << 20, most: 16 << 20 }
const sequenceEnd = 'xfffee0dd'

/**
 * Reads a sequence item by item in constant memory, however many there are: `visit` gets each in turn, returning false
 * ends it early. Answers where the sequence ends. Throws `damaged`.
 */
export async function readItems(
  file: DicomBytes,
  { offset, lengthBytes }: Extent,
  implicit: boolean,
  visit: (item: DataSet, index: number) => boolean
): Promise<number> {
  const end = offset + lengthBytes
  let [at, index, length] = [offset, 0, windowBytes.first]
  while (at < end) {
    const bytes = await file.readUpTo(at, Math.min(length, end - at))
    const stream = bytes.length < 8 ? undefined : streamOf(bytes)
    let read = 0
    for (let item = stream && nextItem(stream, implicit); stream && item; item = nextItem(stream, implicit)) {
      if (item === 'end') return at + stream.position
      read = stream.position
      if (!visit(item, index++)) return at + read
    }
    if (read === 0 && (bytes.length < length || length >= windowBytes.most)) throw brokenItem(index, at)
    length = read === 0 ? length * 4 : windowBytes.first
    at += read
  }
  return at
}

/** Where a sequence of undefined length ends. */
export function endOfItems(file: DicomBytes, offset: number, implicit: boolean): Promise<number> {
  return readItems(file, { offset, lengthBytes: Number.POSITIVE_INFINITY }, implicit, () => true)
}

/** The item at the stream's place; undefined where it isn't whole, and the stream's place means nothing then. */
function nextItem(stream: Stream, implicit: boolean): DataSet | 'end' | undefined {
  if (stream.position + 8 > stream.byteArray.length) return undefined
  if (peekTag(stream) === sequenceEnd) {
    stream.seek(8)
    return 'end'
  }
  try {
    return parseItem(stream, implicit)
  } catch {
    return undefined
  }
}

function parseItem(stream: Stream, implicit: boolean): DataSet | undefined {
  // A sequence that claims to end within its first item: the library reads that item and stops.
  const sequence = { tag: 'x00000000', length: 1, dataOffset: stream.position } as dicomParser.Element
  const warnings: string[] = []
  if (implicit) dicomParser.readSequenceItemsImplicit(stream, sequence)
  else dicomParser.readSequenceItemsExplicit(stream, sequence, warnings)
  const whole = stream.position <= stream.byteArray.length && warnings.length + stream.warnings.length === 0
  return whole ? sequence.items?.[0]?.dataSet : undefined
}

function brokenItem(index: number, offset: number) {
  return dicomDamaged(`item ${index + 1} of a sequence, at byte ${offset}, can not be read`)
}
