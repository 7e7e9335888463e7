import type { IdentifyingWord } from '../../content.ts'
import { isPlausibleMagnification, isPlausibleMpp, type SlideProperties } from '../../properties/scale.ts'
import { firstElement, type XmlElement, xmlElements } from './xml.ts'

/** µm of the units that OME-XML 2016-06 knows and a microscope uses. */
const unitUm: Record<string, number | undefined> = { µm: 1, nm: 0.001, mm: 1000, cm: 10_000, pm: 0.000001 }

/** True for the ImageDescription of an OME-TIFF. */
export function isOme(description: string): boolean {
  return /<(?:\w+:)?OME[\s>]/.test(description.slice(0, 4096))
}

/** Pixel size and magnification of the first image. */
export function omeProperties(description: string): SlideProperties {
  const pixels = firstElement(description, 'Pixels')
  const mpp = physicalSize(pixels, 'X')
  const mppY = physicalSize(pixels, 'Y')
  const magnification = Number(firstElement(description, 'Objective')?.attributes.get('NominalMagnification'))
  return {
    ...(mpp !== undefined && { mpp }),
    ...(mpp !== undefined && mppY !== undefined && mppY !== mpp && { mppY }),
    ...(isPlausibleMagnification(magnification) && { magnification })
  }
}

function physicalSize(pixels: XmlElement | undefined, axis: 'X' | 'Y'): number | undefined {
  const unit = pixels?.attributes.get(`PhysicalSize${axis}Unit`) ?? 'µm'
  const um = unitUm[unit.replace('\u03bc', 'µ')] ?? Number.NaN
  const value = Number(pixels?.attributes.get(`PhysicalSize${axis}`)) * um
  return isPlausibleMpp(value) ? value : undefined
}

/** True where the file is one picture of one plane, beside it at most pictures of the glass (as scanners name them). */
export function isSinglePlane(description: string): boolean {
  let images = 0
  for (const { name, attributes } of xmlElements(description))
    if (name === 'Image' && images++ > 0 && !glass.test(attributes.get('Name') ?? '')) return false
  const pixels = firstElement(description, 'Pixels')?.attributes
  const size = (axis: string, usual: number) => Number(pixels?.get(`Size${axis}`) ?? usual)
  return images > 0 && size('Z', 1) === 1 && size('T', 1) === 1 && size('C', 3) <= 3
}

/** Which picture is taken of several, and which plane of it: `first of 5 focal planes`; undefined where there is one. */
export function planesOf(description: string): string | undefined {
  const pixels = firstElement(description, 'Pixels')?.attributes
  const counted = [
    ['SizeZ', 'focal planes'],
    ['SizeT', 'points in time']
  ] as const
  const several = counted.flatMap(([size, what]) => {
    const count = Number(pixels?.get(size) ?? 1)
    return count > 1 ? [`first of ${count} ${what}`] : []
  })
  const pictures = [...xmlElements(description)].filter(
    ({ name, attributes }) => name === 'Image' && !glass.test(attributes.get('Name') ?? '')
  ).length
  if (pictures > 1) several.push(`one of ${pictures} pictures`)
  return several.length > 0 ? several.join(', ') : undefined
}

/** How many channels the first picture of an OME-TIFF says it has. */
export function channelsOf(description: string): number {
  return Number(firstElement(description, 'Pixels')?.attributes.get('SizeC') ?? 1)
}

const glass = /label|macro|overview|thumb/i

/** Elements that only describe pixels and optics. Their `Name`, `Model` and the like are words all the same. */
const harmlessAttributes =
  /^(?:xmlns(?::\w+)?|xsi:schemaLocation|ID|Size[XYZCT]|PhysicalSize[XYZ](?:Unit)?|Type|DimensionOrder|BigEndian|Interleaved|SignificantBits|NominalMagnification|SamplesPerPixel|Color|IFD|PlaneCount|First[ZCT]|The[ZCT]|Position[XYZ](?:Unit)?|Creator|LensNA|Immersion|Correction|WorkingDistance(?:Unit)?|TimeIncrement(?:Unit)?|ExposureTime(?:Unit)?|DeltaT(?:Unit)?)$/

/** Every word of OME-XML that is neither geometry nor optics: names, dates, people, groups, annotations. */
export function* omeWords(description: string): Generator<IdentifyingWord> {
  for (const { name, attributes, text } of xmlElements(description)) {
    for (const [key, value] of attributes)
      if (!harmlessAttributes.test(key)) yield { tag: `ImageDescription: ${name} ${key}`, value }
    if (text !== '') yield { tag: `ImageDescription: ${name}`, value: text }
  }
}
