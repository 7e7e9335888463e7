import type { IdentifyingWord } from '../../content.ts'
import { isPlausibleMagnification, isPlausibleMpp, type SlideProperties } from '../../properties/scale.ts'
import { xmlElements } from './xml.ts'

/** True for the XMP packet of a Ventana slide's page. */
export function isVentana(xmp: string): boolean {
  return /<iScan[\s>]/.test(xmp)
}

/** `ScanRes` (µm per pixel) and `Magnification` of the scan. */
export function ventanaProperties(xmp: string): SlideProperties {
  const scan = [...xmlElements(xmp)].find(({ name }) => name === 'iScan')?.attributes
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
  const elements = [...xmlElements(xmp)]
  const all = (wanted: string) => elements.filter(({ name }) => name === wanted).map(({ attributes }) => attributes)
  const zero = (value: string | undefined) => Number(value ?? 0) === 0
  const onePlane = all('iScan').every((scan) => Number(scan.get('Z-layers') ?? 1) === 1)
  const scanned = all('ImageInfo').filter((info) => !zero(info.get('AOIScanned')))
  const origins = elements.filter(({ attributes }) => attributes.has('OriginX'))
  const fromOrigin = origins.every(
    ({ attributes }) => zero(attributes.get('OriginX')) && zero(attributes.get('OriginY'))
  )
  const flush = all('TileJointInfo').every((joint) => zero(joint.get('OverlapX')) && zero(joint.get('OverlapY')))
  return onePlane && scanned.length === 1 && fromOrigin && flush
}

const harmless =
  /^(?:Magnification|ScanRes|Z-layers|Z-spacing|Mode|X|Y|Width|Height|NumRows|NumCols|Tile[12]|Overlap[XY]|Origin[XY]|Pos-[XY]|Direction|Confidence|FlagJoined|AOIScanned|AOIIndex|Left|Top|Right|Bottom|ScanWhitePoint)$/

/** Every word of the scanner's XML that is neither optics nor geometry: users, serials, barcodes, dates, paths. */
export function ventanaWords(xmp: string): IdentifyingWord[] {
  return [...xmlElements(xmp)].flatMap(({ name, attributes, text }) => {
    const words = [...attributes].filter(([key, value]) => !harmless.test(key) && !/^-?[01]?$/.test(value))
    return [
      ...words.map(([key, value]) => ({ tag: `XMP: ${name} ${key}`, value })),
      { tag: `XMP: ${name}`, value: text }
    ]
  })
}
