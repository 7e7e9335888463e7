import type { IdentifyingWord } from '../../content.ts'
import { isPlausibleMagnification, isPlausibleMpp, type SlideProperties } from '../../properties/scale.ts'
import { xmlElements } from './xml.ts'

/** True for the ImageDescription of a Philips TIFF. */
export function isPhilips(description: string): boolean {
  return /<DataObject\s[^>]*ObjectType="DPUfsImport"/.test(description.slice(0, 4096))
}

/** One `<Attribute Name="...">` with its text, in file order. */
function* attributesOf(description: string): Generator<{ name: string; text: string }> {
  for (const { name, attributes, text } of xmlElements(description))
    if (name === 'Attribute') yield { name: attributes.get('Name') ?? '', text }
}

function textOf(description: string, name: string): string {
  for (const attribute of attributesOf(description)) if (attribute.name === name) return attribute.text
  return ''
}

/** More than any slide has. */
const maxLevels = 64

interface Spacing {
  xMpp: number
  yMpp: number
}

/** `"0.000247" "0.000247"`: mm per pixel of a row, then of a column. */
function readSpacing(text: string): Spacing | undefined {
  const [row, column] = text
    .replaceAll('"', ' ')
    .trim()
    .split(/\s+/)
    .map((word) => Number(word) * 1000)
  return row !== undefined && column !== undefined && row > 0 && column > 0 ? { xMpp: column, yMpp: row } : undefined
}

/** The spacings of the slide's versions, one for each `PixelDataRepresentation`, in the order of their pages. */
function levelSpacings(description: string): Spacing[] {
  const found: Spacing[] = []
  let awaited = false
  for (const { name, attributes, text } of xmlElements(description)) {
    if (name === 'DataObject') awaited = attributes.get('ObjectType') === 'PixelDataRepresentation'
    if (!awaited || name !== 'Attribute' || attributes.get('Name') !== 'DICOM_PIXEL_SPACING') continue
    const spacing = readSpacing(text)
    if (spacing && found.length < maxLevels) found.push(spacing)
    awaited = false
  }
  return found
}

/** Pixel size of the full level; magnification where the derivation's `levels=` begins with it, as OpenSlide reads it. */
export function philipsProperties(description: string): SlideProperties {
  const spacing = readSpacing(textOf(description, 'DICOM_PIXEL_SPACING'))
  const derivation = textOf(description, 'DICOM_DERIVATION_DESCRIPTION')
  const power = Number(/(?:^|-)levels=(\d{1,3})(?:,|-|$)/.exec(derivation)?.[1])
  if (!spacing || !isPlausibleMpp(spacing.xMpp) || !isPlausibleMpp(spacing.yMpp)) return {}
  const [mpp, mppY] = [Number(spacing.xMpp.toPrecision(6)), Number(spacing.yMpp.toPrecision(6))]
  return {
    mpp,
    ...(mppY !== mpp && { mppY }),
    ...(isPlausibleMagnification(power) && power <= 200 && { magnification: power })
  }
}

/**
 * How many times smaller each tiled page is than the first. The sizes in the pages are padded to whole tiles, so
 * OpenSlide takes the rounded quotient of the pixel sizes instead; undefined where these don't fit the pages.
 */
export function philipsDownsamples(description: string, tiledPages: number): number[] | undefined {
  const levels = levelSpacings(description)
  const [full] = levels
  if (!full || levels.length !== tiledPages) return undefined
  return levels.map(({ xMpp, yMpp }) => Math.max(1, Math.round((xMpp / full.xMpp + yMpp / full.yMpp) / 2)))
}

/** The JPEG of the label or the whole glass that lies in the XML; undefined where there is none. */
export function philipsPicture(description: string, type: 'LABELIMAGE' | 'MACROIMAGE'): Buffer | undefined {
  let [current, data] = ['', '']
  for (const { name, attributes, text } of xmlElements(description)) {
    if (attributes.get('ObjectType') === 'DPScannedImage') [current, data] = ['', '']
    if (name !== 'Attribute') continue
    if (attributes.get('Name') === 'PIM_DP_IMAGE_TYPE') current = text
    if (attributes.get('Name') === 'PIM_DP_IMAGE_DATA') data = text
    if (current === type && data !== '') return Buffer.from(data, 'base64')
  }
  return undefined
}

const picturesAndGeometry =
  /^(?:PIM_DP_IMAGE_(?:DATA|TYPE)|DICOM_(?:PIXEL_SPACING|ICCPROFILE|ROWS|COLUMNS|BITS_\w+|HIGH_BIT|SAMPLES_PER_PIXEL|PHOTOMETRIC_INTERPRETATION|PLANAR_CONFIGURATION|PIXEL_REPRESENTATION|LOSSY_IMAGE_COMPRESSION\w*)|PIIM_PIXEL_DATA_\w+|UFS_IMAGE_\w+|PIM_DP_SCANNED_IMAGES)$/

/** Every attribute that is neither a picture nor geometry. */
export function* philipsWords(description: string): Generator<IdentifyingWord> {
  for (const { name, text } of attributesOf(description))
    if (text !== '' && !picturesAndGeometry.test(name)) yield { tag: `ImageDescription: ${name}`, value: text }
}
