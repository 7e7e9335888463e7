/** A string of a profile: where its bytes lie, and what they say. */
export interface IccText {
  from: number
  to: number
  text: string
}

const headerBytes = 128
const entryBytes = 12
const recordBytes = 12
/**
 * All strings of the text tags of a profile: `text`, `desc` of ICC 2, `mluc` of ICC 4, `utf8`, `utf16`, `dict`. What a damaged
 * profile points at outside of itself is left out, and so is what belongs to another tag: compact profiles let theirs overlap.
 */
export function* iccTexts(icc: Buffer): Generator<IccText> {
  const tags = [...tagsOf(icc)]
  for (const { from, to: end } of tags) {
    const to = Math.min(end, ...tags.map((tag) => tag.from).filter((start) => start > from))
    for (const { start, end, wide } of stringsOf(icc.subarray(from, to))) {
      const [first, last] = [from + start, Math.min(to, from + end)]
      if (first < last) yield { from: first, to: last, text: textOf(icc.subarray(first, last), wide) }
    }
  }
}

function* tagsOf(icc: Buffer): Generator<{ from: number; to: number }> {
  if (icc.length < headerBytes + 4) return
  const count = icc.readUInt32BE(headerBytes)
  for (let i = 0; i < count && headerBytes + 4 + entryBytes * (i + 1) <= icc.length; i++) {
    const at = headerBytes + 4 + entryBytes * i
    const from = icc.readUInt32BE(at + 4)
    const to = Math.min(icc.length, from + icc.readUInt32BE(at + 8))
    if (from + 8 < to) yield { from, to }
  }
}

interface Span {
  start: number
  end: number
  wide: boolean
}

function stringsOf(tag: Buffer): Span[] {
  const whole = (wide: boolean): Span[] => [{ start: 8, end: tag.length, wide }]
  switch (tag.toString('latin1', 0, 4)) {
    case 'text':
    case 'utf8':
    case 'ZXML':
      return whole(false)
    case 'ut16':
      return whole(true)
    case 'desc':
      return descriptionSpans(tag)
    case 'mluc':
      return localizedSpans(tag)
    case 'dict':
      return dictionarySpans(tag)
    default:
      return []
  }
}

/** ASCII, then UTF-16, then a script's own bytes, each with its length before it. */
function descriptionSpans(tag: Buffer): Span[] {
  if (tag.length < 12) return []
  const asciiEnd = Math.min(tag.length, 12 + tag.readUInt32BE(8))
  const spans: Span[] = [{ start: 12, end: asciiEnd, wide: false }]
  if (asciiEnd + 8 > tag.length) return spans
  const wideStart = asciiEnd + 8
  const wideEnd = Math.min(tag.length, wideStart + tag.readUInt32BE(asciiEnd + 4) * 2)
  spans.push({ start: wideStart, end: wideEnd, wide: true })
  // Its length stands in one byte before it.
  const scriptStart = wideEnd + 3
  spans.push({ start: scriptStart, end: Math.min(tag.length, scriptStart + (tag[scriptStart - 1] ?? 0)), wide: false })
  return spans
}

function localizedSpans(tag: Buffer): Span[] {
  if (tag.length < 16) return []
  const spans: Span[] = []
  for (let i = 0; i < tag.readUInt32BE(8) && 16 + recordBytes * (i + 1) <= tag.length; i++) {
    const at = 16 + recordBytes * i
    spans.push(spanAt(tag, at + 8, at + 4))
  }
  return spans
}

/** Names and values of the metadata tag; records of 32 bytes have the places of display texts, too, which are `mluc`. */
function dictionarySpans(tag: Buffer): Span[] {
  if (tag.length < 16) return []
  const spans: Span[] = []
  const size = Math.max(16, tag.readUInt32BE(12))
  for (let i = 0; i < tag.readUInt32BE(8) && 16 + size * (i + 1) <= tag.length; i++)
    for (let field = 0; field < size; field += 8) {
      const at = 16 + size * i + field
      spans.push(spanAt(tag, at, at + 4))
    }
  return spans
}

function spanAt(tag: Buffer, offsetAt: number, lengthAt: number): Span {
  const start = tag.readUInt32BE(offsetAt)
  return { start, end: start + tag.readUInt32BE(lengthAt), wide: true }
}

function textOf(bytes: Buffer, wide: boolean): string {
  if (!wide) return bytes.toString('latin1')
  const even = Buffer.from(bytes.subarray(0, bytes.length & ~1))
  return even.swap16().toString('utf16le')
}
