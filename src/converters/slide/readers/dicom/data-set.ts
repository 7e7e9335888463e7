import dicomParser, { type DataSet } from 'dicom-parser'

/**
 * A head has some thousand attributes, an endless one of nothing but empty items would fill the memory: dicom-parser
 * keeps an object of each.
 */
const mostReads = 400_000

/** A head of so many attributes that more of its bytes need not be looked at. */
export class TooManyAttributes extends Error {}

/** A stream over `bytes` for dicom-parser's functions that gives up on heads of absurdly many attributes. */
export function streamOf(bytes: Buffer) {
  let reads = 0
  const little = dicomParser.littleEndianByteArrayParser
  const readUint16: typeof little.readUint16 = (from, position) => {
    if (++reads > mostReads) throw new TooManyAttributes('too many attributes')
    return little.readUint16(from, position)
  }
  return new dicomParser.ByteStream({ ...little, readUint16 }, bytes, 0)
}

export type Stream = ReturnType<typeof streamOf>

/** An empty data set whose elements lie in the stream's bytes. */
export function dataSetOf(stream: Stream): DataSet {
  // The library has the class, its types only the interface.
  const { DataSet: Constructor } = dicomParser as unknown as {
    DataSet: new (parser: unknown, bytes: unknown, elements: object) => DataSet
  }
  return new Constructor(stream.byteArrayParser, stream.byteArray, {})
}

/** The tag at the stream's place, which stays. */
export function peekTag(stream: Stream): string {
  // The library's types say that it answers nothing.
  const found = dicomParser.readTag(stream) as unknown as string
  stream.seek(-4)
  return found
}

/** Items of a sequence, none where it isn't there. */
export function itemsOf(data: DataSet | undefined, sequence: string): DataSet[] {
  return (data?.elements[sequence]?.items ?? []).flatMap(({ dataSet }) => dataSet ?? [])
}

/** An integer in text (VR IS); undefined where it is absent or no number. */
export function integerOf(data: DataSet, name: string): number | undefined {
  const value = Number.parseInt(data.string(name) ?? '', 10)
  return Number.isSafeInteger(value) ? value : undefined
}

/** Decimal numbers (VR DS), separated by backslashes; empty where there are none. */
export function decimalsOf(data: DataSet | undefined, name: string): number[] {
  const text = data?.string(name)
  return text === undefined ? [] : text.split('\\').map((part) => Number.parseFloat(part))
}
