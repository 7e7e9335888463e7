import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { IdentifyingWord } from '../../content.ts'

/** A word that leaked: in which file (relative to the root), and how it is written there. */
export interface Leak {
  file: string
  word: string
  as: string
}

/** In megabytes of compressed pixels shorter words turn up by chance. */
const leastLetters = 5

/**
 * Looks for each word in every byte and every name of every file below `root`: upper and lower case, UTF-8, Latin-1 and
 * both kinds of UTF-16, as JSON and XML escape it, and in base64 in text. What is stored in zips, JPEG segments and TIFF tags
 * lies there as it is, so it is found as well. Throws for words that are too short to tell anything.
 */
export async function findWords(words: readonly string[], root: string): Promise<Leak[]> {
  const short = words.filter((word) => word.length < leastLetters)
  if (short.length > 0) throw new Error(`too short to look for: ${short.join(', ')}`)
  const needles = words.flatMap(waysToWrite)
  const leaks: Leak[] = []
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name)
    const file = path.slice(root.length + 1)
    const content = entry.isFile() ? await readFile(path) : Buffer.alloc(0)
    for (const haystack of [Buffer.from(file), content, ...decodedBase64(content)]) {
      const lower = lowerCase(haystack)
      for (const { bytes, ...found } of needles) if (lower.includes(bytes)) leaks.push({ file, ...found })
    }
  }
  return leaks
}

/** What a slide's words say, as far as it can be looked for: long enough, and not a number. */
export function wordsToFind(identifying: readonly IdentifyingWord[]): string[] {
  const values = new Set(identifying.map(({ value }) => value))
  return [...values].filter((word) => word.length >= leastLetters && !/^[-+]?\d*[.,]?\d*$/.test(word))
}

function waysToWrite(word: string): { word: string; as: string; bytes: Buffer }[] {
  const lower = asciiLower(word)
  const json = JSON.stringify(lower).slice(1, -1)
  const xml = lower.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  return [
    { word, as: 'utf-8', bytes: Buffer.from(lower) },
    ...(isAscii(lower) ? [] : [{ word, as: 'latin-1', bytes: Buffer.from(lower, 'latin1') }]),
    { word, as: 'utf-16le', bytes: Buffer.from(lower, 'utf16le') },
    { word, as: 'utf-16be', bytes: Buffer.from(lower, 'utf16le').swap16() },
    ...(json === lower ? [] : [{ word, as: 'json', bytes: Buffer.from(json) }]),
    ...(xml === lower ? [] : [{ word, as: 'xml', bytes: Buffer.from(xml) }])
  ]
}

/** Long runs of base64 in quotes, as a sidecar holds a profile. */
function decodedBase64(content: Buffer): Buffer[] {
  if (content.includes(0)) return []
  const runs = content.toString('latin1').match(/"[A-Za-z0-9+/]{40,}={0,2}"/g) ?? []
  return runs.map((run) => Buffer.from(run.slice(1, -1), 'base64'))
}

const isAscii = (text: string) => Buffer.byteLength(text) === text.length
const asciiLower = (text: string) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
const lowerCase = (bytes: Buffer) => Buffer.from(asciiLower(bytes.toString('latin1')), 'latin1')
