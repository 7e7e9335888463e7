import type { IdentifyingWord } from '../content.ts'
import { iccTexts } from './icc-texts.ts'
import { isWellKnownText } from './well-known-text.ts'

/** Below this a word turns up in anything: `7`, `AB`. */
const leastLetters = 3
/** From here on no table of numbers holds a word by chance, so that one is looked for everywhere. */
const unmistakableBytes = 6
const headerBytes = 128
const profileId = { from: 84, to: 100 }
/** The letter x. */
const blot = 0x78

/**
 * An ICC profile whose texts name neither a person nor a device (some scanners put their serial number there). Every text that
 * says more than such texts do anywhere is overwritten with `x`, and the slide's own words wherever they stand. Colours stay as
 * they are, and so does every bit of a profile without such texts.
 */
export function profileWithoutWords(icc: Buffer, identifying: readonly IdentifyingWord[]): Buffer {
  const needles = identifying
    .map(({ value }) => value.trim().toLowerCase())
    .filter((word) => word.length >= leastLetters)
    .flatMap((word) => [Buffer.from(word, 'latin1'), Buffer.from(word, 'utf8'), utf16BigEndian(word)])
  const clean = Buffer.from(icc)
  let found = false
  for (const { from, to, text } of iccTexts(icc)) {
    const part = clean.subarray(from, to)
    if (isWellKnownText(text)) for (const needle of needles) found = blotOut(part, needle) || found
    else found = blotOutAll(part) || found
  }
  for (const needle of needles)
    if (needle.length >= unmistakableBytes) found = blotOut(clean.subarray(headerBytes), needle) || found
  if (!found) return icc
  // The identifier is a checksum of the rest; zero says that there is none.
  return clean.fill(0, profileId.from, profileId.to)
}

/** Zeros stay: they end a text, or are halves of letters. */
function blotOutAll(text: Buffer): boolean {
  for (let i = 0; i < text.length; i++) if (text[i] !== 0) text[i] = blot
  return true
}

/** Overwrites every occurrence, whatever its case. */
function blotOut(text: Buffer, needle: Buffer): boolean {
  const lower = lowerCase(text)
  let at = lower.indexOf(needle)
  const found = at >= 0
  for (; at >= 0; at = lower.indexOf(needle, at + 1))
    for (let i = at; i < at + needle.length; i++) if (text[i] !== 0) text[i] = blot
  return found
}

/** ASCII letters only, so that lengths and places stay. */
const lowerCase = (bytes: Buffer) =>
  Buffer.from(
    bytes.toString('latin1').replace(/[A-Z]/g, (c) => c.toLowerCase()),
    'latin1'
  )

const utf16BigEndian = (word: string) => Buffer.from(word, 'utf16le').swap16()
