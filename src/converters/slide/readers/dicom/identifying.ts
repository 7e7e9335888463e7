import type { DataSet } from 'dicom-parser'
import type { IdentifyingWord } from '../../content.ts'
import { harmlessText, identifyingNames } from './attribute-names.ts'
import { tag } from './attributes.ts'

/** Types (VR) of attributes that hold text, names, days or identifiers (PS3.5, 6.2). */
const textTypes = new Set(['AE', 'AS', 'DA', 'DT', 'LO', 'LT', 'PN', 'SH', 'ST', 'TM', 'UC', 'UI', 'UR', 'UT'])
/** DICOM's own: classes, syntaxes, well-known frames of reference. */
const standardUid = /^1\.2\.840\.10008\./
const patientGroup = 'x0010'
/** A report names what was removed; it is no copy of the file. */
const most = { words: 1000, characters: 1000 }

/** Collects what could name somebody, over all files of a slide, each word once. */
export class IdentifyingWords {
  readonly #words = new Map<string, IdentifyingWord>()

  get words(): IdentifyingWord[] {
    return [...this.#words.values()]
  }

  add({ tag: name, value }: IdentifyingWord): void {
    if (this.#words.size < most.words) this.#words.set(`${name}\n${value}`, { tag: name, value })
  }
}

/** Every attribute of a head, nested ones too, that holds a person, a place, a day, a number of a thing or private data. */
export function identifyingIn(data: DataSet, words: IdentifyingWords): void {
  collect(data, decoderOf(data.string(tag.characterSet)), words)
}

function collect(data: DataSet, decode: Decode, words: IdentifyingWords): void {
  for (const [name, element] of Object.entries(data.elements)) {
    for (const { dataSet } of element.items ?? []) if (dataSet) collect(dataSet, decode, words)
    if (element.items || element.length === 0 || element.hadUndefinedLength) continue
    const end = element.dataOffset + Math.min(element.length, most.characters * 4)
    const bytes = data.byteArray.subarray(element.dataOffset, end)
    const told = toldOf(name, element.vr, bytes, decode)
    if (told !== undefined) words.add({ tag: labelOf(name), value: told })
  }
}

function toldOf(name: string, type: string | undefined, bytes: Uint8Array, decode: Decode): string | undefined {
  const isText = type === undefined ? name in identifyingNames : textTypes.has(type)
  const isKept = harmlessText.has(name) || !(isText || isPrivate(name) || name.startsWith(patientGroup))
  if (isKept) return undefined
  const text = clean(decode(bytes))
  if (isPrivate(name) && !isPrintable(text)) return `${bytes.length} bytes`
  return text === '' || standardUid.test(text) ? undefined : text.slice(0, most.characters)
}

/** Groups with an odd number belong to makers, who put anything into them. */
const isPrivate = (name: string) => Number.parseInt(name.slice(4, 5), 16) % 2 === 1
const isPrintable = (text: string) => !/\p{Cc}|\ufffd/u.test(text.replace(/[\r\n\t]/g, ''))
const clean = (text: string) => text.replace(/[\0 ]+$/, '').trim()

function labelOf(name: string): string {
  const number = `DICOM (${name.slice(1, 5)},${name.slice(5)})`
  const keyword = isPrivate(name) ? 'private' : identifyingNames[name]
  return keyword === undefined ? number : `${number} ${keyword}`
}

/** Encodings by DICOM's name (PS3.3, C.12.1.1.2) where they aren't Latin-1; the first of several is the general one. */
const encodings: Record<string, string> = {
  'ISO_IR 192': 'utf-8',
  GB18030: 'gb18030',
  GBK: 'gbk',
  'ISO_IR 101': 'iso-8859-2',
  'ISO_IR 109': 'iso-8859-3',
  'ISO_IR 110': 'iso-8859-4',
  'ISO_IR 144': 'iso-8859-5',
  'ISO_IR 127': 'iso-8859-6',
  'ISO_IR 126': 'iso-8859-7',
  'ISO_IR 138': 'iso-8859-8',
  'ISO_IR 13': 'shift_jis',
  'ISO_IR 166': 'windows-874'
}

type Decode = (bytes: Uint8Array) => string

function decoderOf(characterSet = ''): Decode {
  const decoder = new TextDecoder(encodingOf(characterSet.split('\\').map((name) => name.trim())))
  return (bytes) => decoder.decode(bytes)
}

function encodingOf(names: string[]): string {
  if (names.some((name) => /^ISO 2022 IR (87|159)$/.test(name))) return 'iso-2022-jp'
  if (names.includes('ISO 2022 IR 149')) return 'euc-kr'
  return encodings[names[0] ?? ''] ?? 'windows-1252'
}
