import type { IdentifyingWord } from '../../content.ts'
import { isPlausibleMagnification, isPlausibleMpp, type SlideProperties } from '../../properties/scale.ts'
import { firstElement, type XmlElement, xmlElements } from './xml.ts'

/** True for the XMP packet of a Ventana slide's page. */
export function isVentana(xmp: string): boolean {
  return /<iScan[\s>]/.test(xmp)
}

/** `ScanRes` (µm per pixel) and `Magnification` of the scan. */
export function ventanaProperties(xmp: string): SlideProperties {
  const scan = firstElement(xmp, 'iScan')?.attributes
  const [mpp, magnification] = [Number(scan?.get('ScanRes')), Number(scan?.get('Magnification'))]
  return {
    ...(isPlausibleMpp(mpp) && { mpp }),
    ...(isPlausibleMagnification(magnification) && { magnification })
  }
}

/**
 * True where the tiles of the full level lie side by side: one scanned area from the origin, and no joint with an
 * overlap. `xmp` is what the scanner wrote of the whole slide and of its full level (`EncodeInfo`).
 */
export function isOneGrid(xmp: string): boolean {
  let areas = 0
  for (const element of xmlElements(xmp)) {
    if (breaksGrid(element)) return false
    if (element.name === 'ImageInfo' && Number(element.attributes.get('AOIScanned')) !== 0 && ++areas > 1) return false
  }
  return true
}

function breaksGrid({ name, attributes }: XmlElement): boolean {
  const isZero = (key: string) => Number(attributes.get(key) ?? 0) === 0
  if (name === 'iScan') return Number(attributes.get('Z-layers') ?? 1) !== 1
  return !['OverlapX', 'OverlapY', 'OriginX', 'OriginY'].every(isZero)
}

const harmless =
  /^(?:Magnification|ScanRes|Z-layers|Z-spacing|Mode|X|Y|Width|Height|NumRows|NumCols|Tile[12]|Overlap[XY]|Origin[XY]|Pos-[XY]|Direction|Confidence|FlagJoined|AOIScanned|AOIIndex|Left|Top|Right|Bottom|ScanWhitePoint)$/

/** Every word of the scanner's XML that is neither optics nor geometry: users, serials, barcodes, dates, paths. */
export function* ventanaWords(xmp: string): Generator<IdentifyingWord> {
  for (const element of xmlElements(xmp)) {
    // There are two for each tile, all of numbers.
    if (element.name === 'TileJointInfo') continue
    const { name, attributes, text } = element
    for (const [key, value] of attributes)
      if (!harmless.test(key) && !/^-?[01]?$/.test(value)) yield { tag: `XMP: ${name} ${key}`, value }
    if (text !== '') yield { tag: `XMP: ${name}`, value: text }
  }
}
