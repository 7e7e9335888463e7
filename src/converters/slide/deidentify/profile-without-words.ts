import type { IdentifyingWord } from '../content.ts'

/** Below this a word turns up in anything: `7`, `AB`. */
const leastLetters = 3
/** From here on no table of numbers holds a word by chance, so that one is looked for everywhere. */
const unmistakableBytes = 6
const headerBytes = 128
const profileId = { from: 84, to: 100 }
/** Types of tags that hold text: ICC.1:2022 clause 10, `desc` of ICC 2, `dict` of the metadata tag. */
const textTypes = new Set(['text', 'desc', 'mluc', 'dict', 'ZXML', 'utf8', 'ut16'])

/**
 * An ICC profile whose texts don't say any of the slide's words (some scanners put their serial number there): each is
 * overwritten with `x`. Colours stay as they are, and so does every bit of a profile without such words.
 */
export function profileWithoutWords(icc: Buffer, identifying: readonly IdentifyingWord[]): Buffer {
  const needles = identifying
    .map(({ value }) => value.trim().toLowerCase())
    .filter((word) => word.length >= leastLetters)
    .flatMap((word) => [Buffer.from(word, 'latin1'), Buffer.from(word, 'utf8'), utf16BigEndian(word)])
  const clean = Buffer.from(icc)
  let found = false
  for (const { from, to } of texts(icc))
    for (const needle of needles) found = blotOut(clean.subarray(from, to), needle) || found
  for (const needle of needles)
    if (needle.length >= unmistakableBytes) found = blotOut(clean.subarray(headerBytes), needle) || found
  if (!found) return icc
  // The identifier is a checksum of the rest; zero says that there is none.
  return clean.fill(0, profileId.from, profileId.to)
}

/** Where the text tags of a profile lie; what a damaged one points at outside of itself is left out. */
function* texts(icc: Buffer): Generator<{ from: number; to: number }> {
  if (icc.length < headerBytes + 4) return
  const count = icc.readUInt32BE(headerBytes)
  for (let i = 0; i < count && headerBytes + 16 + i * 12 <= icc.length; i++) {
    const from = icc.readUInt32BE(headerBytes + 8 + i * 12)
    const to = Math.min(icc.length, from + icc.readUInt32BE(headerBytes + 12 + i * 12))
    if (from + 4 <= to && textTypes.has(icc.toString('latin1', from, from + 4))) yield { from, to }
  }
}

/** Overwrites every occurrence, whatever its case. */
function blotOut(text: Buffer, needle: Buffer): boolean {
  const lower = lowerCase(text)
  let at = lower.indexOf(needle)
  const found = at >= 0
  for (; at >= 0; at = lower.indexOf(needle, at + 1))
    for (let i = at; i < at + needle.length; i++) if (text[i] !== 0) text[i] = 0x78
  return found
}

/** ASCII letters only, so that lengths and places stay. */
const lowerCase = (bytes: Buffer) =>
  Buffer.from(
    bytes.toString('latin1').replace(/[A-Z]/g, (c) => c.toLowerCase()),
    'latin1'
  )

const utf16BigEndian = (word: string) => Buffer.from(word, 'utf16le').swap16()
