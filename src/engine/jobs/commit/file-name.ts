import { withoutEnding } from '../../../shared/domain/name-pattern.ts'

/**
 * Names that every platform takes, whatever the platform of this node: results are copied on.
 * Source: https://learn.microsoft.com/windows/win32/fileio/naming-a-file
 */
const forbidden = /[<>:"/\\|?*]|\p{Cc}/gu
const reserved = /^(con|prn|aux|nul|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3]|conin\$|conout\$)(?=\.|$| )/i

/** Bytes of a name on ext4, APFS and (in UTF-16 units, which are never more) NTFS. */
const longestNameBytes = 255
/** " (9999)" and one more. */
const numberBytes = 8
/** MAX_PATH without its terminating zero: Explorer and most viewers open nothing longer. */
const longestWindowsPath = 259
/** What a pyramid adds below `_files`: "/18/1000_1000.jpg". */
const insideUnits = 20
/** Below that a short path isn't worth an unreadable name; Node itself writes longer paths. */
const leastUnits = 24

const characters = new Intl.Segmenter()

/** What the name must leave room for. */
export interface NameRoom {
  /** What follows the base name: ".dzi", "_files", ".json". */
  suffixes: readonly string[]
  destinationDir: string
  platform: NodeJS.Platform
}

/** The base name for the results of a source: its own without the ending, made safe and short enough. */
export function resultBaseName(sourceName: string, room: NameRoom): string {
  return safeBaseName(withoutEnding(sourceName.toWellFormed().normalize('NFC')), room)
}

/** A base name that was chosen, made safe and short enough. */
export function safeBaseName(name: string, room: NameRoom): string {
  const cleaned = name.toWellFormed().normalize('NFC').replace(forbidden, '_')
  const trimmed = trim(cleaned)
  const safe = trim(shorten(reserved.test(trimmed) ? `_${trimmed}` : trimmed, room))
  return safe === '' ? 'result' : safe
}

/** Leading dots would hide the result; Windows drops dots and spaces at the end. */
const trim = (name: string) => name.replace(/^[\s.]+|[\s.]+$/gu, '')

function shorten(name: string, { suffixes, destinationDir, platform }: NameRoom): string {
  const maxBytes = longestNameBytes - numberBytes - Math.max(0, ...suffixes.map((one) => Buffer.byteLength(one)))
  const longestSuffix = Math.max(0, ...suffixes.map((one) => one.length))
  const pathUnits = longestWindowsPath - destinationDir.length - 1 - numberBytes - longestSuffix - insideUnits
  const maxUnits = platform === 'win32' ? Math.max(leastUnits, pathUnits) : maxBytes
  let short = ''
  // By what people see as one character, so that no emoji is cut in two.
  for (const { segment } of characters.segment(name)) {
    const longer = short + segment
    if (Buffer.byteLength(longer) > maxBytes || longer.length > maxUnits) break
    short = longer
  }
  return short
}
