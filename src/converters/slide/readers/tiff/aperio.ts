import type { IdentifyingWord } from '../../content.ts'
import { isPlausibleMagnification, isPlausibleMpp, type SlideProperties } from '../../properties/scale.ts'

/** True for the ImageDescription of a file that Aperio's software wrote. */
export function isAperio(description: string): boolean {
  return /^Aperio /.test(description)
}

/** `MPP = 0.4990` and `AppMag = 20` among the `|`-separated words. */
export function aperioProperties(description: string): SlideProperties {
  const mpp = numberAfter(description, 'MPP')
  const magnification = numberAfter(description, 'AppMag')
  return {
    ...(mpp !== undefined && isPlausibleMpp(mpp) && { mpp }),
    ...(magnification !== undefined && isPlausibleMagnification(magnification) && { magnification })
  }
}

function numberAfter(description: string, key: string): number | undefined {
  const found = new RegExp(`\\|\\s*${key}\\s*=\\s*([0-9]+(?:\\.[0-9]+)?)\\s*(?:\\||$)`).exec(
    description.slice(0, maxDescription)
  )
  return found?.[1] === undefined ? undefined : Number(found[1])
}

/** Keys whose numbers speak of optics and geometry; everything else is taken to name somebody or something. */
const harmlessKeys = new Set(
  [
    'AppMag',
    'MPP',
    'StripeWidth',
    'Left',
    'Top',
    'LineCameraSkew',
    'LineAreaXOffset',
    'LineAreaYOffset',
    'Focus Offset',
    'Filtered',
    'OriginalWidth',
    'OriginalHeight',
    'Exposure Time',
    'Exposure Scale',
    'DisplayColor',
    'Gamma'
  ].map((key) => key.toLowerCase())
)
/** `Aperio Image Library v11.2.1`, `46000x32914 [0,100 46000x32914] (256x256) JPEG/RGB Q=30`, `2220x2967 -> 574x768 - `. */
const harmlessHead =
  /^(?:Aperio [\w ]*v?[\d.]+|[\dx,[\]()>\s-]+(?:\w+\/\w+)?(?:\s+Q=\d+)?[\s-]*|(?:label|macro|thumbnail) \d+x\d+)?$/i
const isNumber = (text: string) => /^[-+]?[\d.]+(?:e[-+]?\d+)?$/i.test(text)

/** What Aperio's software writes. Any other key came from somebody's form and may be a name itself. */
const knownKeys = new Set([
  ...harmlessKeys,
  ...['barcode', 'date', 'dsr id', 'filename', 'icc profile', 'imageid', 'parmset', 'rack', 'scannertype'],
  ...['scanscope id', 'sessionmode', 'sessonmode', 'slide', 'text', 'time', 'time zone', 'title', 'user']
])

/** Real ones have 2 KB. */
const maxDescription = 64 << 10

/** The words of an Aperio description that could name somebody, by key. */
export function aperioWords(description: string): IdentifyingWord[] {
  const [head = '', ...pairs] = description.slice(0, maxDescription).split('|')
  const words = head.split(/[\r\n;]+/).map((line) => ({ tag: 'ImageDescription', value: line.trim() }))
  return [
    ...words.filter(({ value }) => !harmlessHead.test(value)),
    ...pairs
      .map(readPair)
      .filter(({ key, value }) => !(harmlessKeys.has(key.toLowerCase()) && isNumber(value)))
      .flatMap(wordsOfPair)
  ]
}

function wordsOfPair({ key, value }: { key: string; value: string }): IdentifyingWord[] {
  if (knownKeys.has(key.toLowerCase())) return [{ tag: `ImageDescription: ${key}`, value }]
  return [key, value].map((word) => ({ tag: 'ImageDescription: another key', value: word }))
}

function readPair(pair: string): { key: string; value: string } {
  const equals = pair.indexOf('=')
  if (equals < 0) return { key: 'text', value: pair.trim() }
  return { key: pair.slice(0, equals).trim(), value: pair.slice(equals + 1).trim() }
}
