import { TiffTag, TiffTagValueType } from '@cogeotiff/core'
import type { IdentifyingWord } from '../../content.ts'
import { aperioWords, isAperio } from './aperio.ts'
import { isOme, omeWords } from './ome.ts'
import type { TiffPage } from './pages.ts'
import { isPhilips, philipsWords } from './philips.ts'
import type { SlidePages } from './slide-pages.ts'
import { isVentana, ventanaWords } from './ventana.ts'

const maxWords = 2000
const maxWordLength = 4096
/** Words that come again and again are no more, and cost time. */
const maxLooks = 20_000
/** Blocks of metadata with formats of their own, and the names that cogeotiff has none for. */
const blocks: Record<number, string | undefined> = { 33723: 'IPTC', 34377: 'Photoshop', 34665: 'EXIF', 34853: 'GPS' }
const xmpTag = 700
const tagNames: Record<number, string | undefined> = { 315: 'Artist', 32781: 'ImageID', 50708: 'UniqueCameraModel' }
/** What scanners call their pages. */
const harmlessDescription = /^(?:level=\d+ mag=[\d.]+ quality=\d+|(?:label|macro|thumbnail|overview)(?:[ _]image)?)?$/i

/** Everything in a TIFF that could name a patient, an operator or a place, each word once. */
export async function identifyingWords(slide: SlidePages): Promise<IdentifyingWord[]> {
  const found = new Map<string, IdentifyingWord>()
  let left = maxLooks
  for await (const { tag, value } of allWords(slide)) {
    const word = { tag, value: value.trim().slice(0, maxWordLength) }
    if (word.value !== '') found.set(`${tag}\n${word.value}`, word)
    if (found.size >= maxWords || --left === 0) break
  }
  return [...found.values()]
}

async function* allWords({ pages, xmp }: SlidePages): AsyncGenerator<IdentifyingWord> {
  for (const page of pages) yield* wordsOf(page)
  yield* xmpWords(xmp)
}

async function* wordsOf({ directory, description }: TiffPage): AsyncGenerator<IdentifyingWord> {
  yield* descriptionWords(description)
  for (const [id, tag] of directory.tags) {
    const block = blocks[id]
    if (block !== undefined) yield { tag: block, value: `${tag.count} values` }
    else if (id !== TiffTag.ImageDescription && id !== xmpTag && tag.dataType === TiffTagValueType.Ascii) {
      const name = tagNames[id] ?? TiffTag[id] ?? `Tag ${id}`
      // What can't be read identifies nobody here, and is no reason to refuse the slide.
      yield { tag: name, value: await directory.text(id, maxWordLength).catch(() => '') }
    }
  }
}

function descriptionWords(description: string): Iterable<IdentifyingWord> {
  if (isAperio(description)) return aperioWords(description)
  if (isPhilips(description)) return philipsWords(description)
  if (isOme(description)) return omeWords(description)
  return harmlessDescription.test(description.trim()) ? [] : [{ tag: 'ImageDescription', value: description }]
}

function xmpWords(xmp: string): Iterable<IdentifyingWord> {
  if (isVentana(xmp)) return ventanaWords(xmp)
  return [{ tag: 'XMP', value: xmp.trim().slice(0, maxWordLength) }]
}
