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
/** Blocks of metadata with formats of their own, and the names that cogeotiff has none for. */
const blocks: Record<number, string | undefined> = { 33723: 'IPTC', 34377: 'Photoshop', 34665: 'EXIF', 34853: 'GPS' }
const xmpTag = 700
const tagNames: Record<number, string | undefined> = { 315: 'Artist', 32781: 'ImageID', 50708: 'UniqueCameraModel' }
/** What scanners call their pages. */
const harmlessDescription = /^(?:level=\d+ mag=[\d.]+ quality=\d+|(?:label|macro|thumbnail|overview)(?:[ _]image)?)?$/i

/** Everything in a TIFF that could name a patient, an operator or a place, each word once. */
export async function identifyingWords(slide: SlidePages): Promise<IdentifyingWord[]> {
  const found = new Map<string, IdentifyingWord>()
  for (const page of slide.pages)
    for (const { tag, value } of await wordsOf(page)) {
      const word = { tag, value: value.trim().slice(0, maxWordLength) }
      if (word.value !== '' && found.size < maxWords) found.set(`${tag}\n${word.value}`, word)
    }
  for (const word of xmpWords(slide.xmp)) if (word.value.trim() !== '') found.set(`${word.tag}\n${word.value}`, word)
  return [...found.values()].slice(0, maxWords)
}

async function wordsOf({ directory, description }: TiffPage): Promise<IdentifyingWord[]> {
  const words = descriptionWords(description)
  for (const [id, tag] of directory.tags) {
    const block = blocks[id]
    if (block !== undefined) words.push({ tag: block, value: `${tag.count} values` })
    else if (id !== TiffTag.ImageDescription && id !== xmpTag && tag.dataType === TiffTagValueType.Ascii)
      words.push({ tag: tagNames[id] ?? TiffTag[id] ?? `Tag ${id}`, value: await directory.text(id, maxWordLength) })
  }
  return words
}

function descriptionWords(description: string): IdentifyingWord[] {
  if (isAperio(description)) return aperioWords(description)
  if (isPhilips(description)) return philipsWords(description)
  if (isOme(description)) return omeWords(description)
  return harmlessDescription.test(description.trim()) ? [] : [{ tag: 'ImageDescription', value: description }]
}

function xmpWords(xmp: string): IdentifyingWord[] {
  if (isVentana(xmp)) return ventanaWords(xmp)
  return [{ tag: 'XMP', value: xmp.trim().slice(0, maxWordLength) }]
}
