import { isPlausibleMpp } from '../../tiff/pages.ts'
import type { SlideProperties } from './scale.ts'

/** µm of the units that OME-XML 2016-06 knows and a microscope uses. */
const unitUm: Record<string, number | undefined> = { µm: 1, nm: 0.001, mm: 1000, cm: 10_000, pm: 0.000001 }

/** True for the ImageDescription of an OME-TIFF. */
export function isOme(description: string): boolean {
  return /<OME[\s>]/.test(description.slice(0, 4096))
}

/** Pixel size and magnification of the first image; the rest of the XML is not looked at. */
export function omeProperties(description: string): SlideProperties {
  const pixels = /<(?:\w+:)?Pixels\s[^>]*>/.exec(description)?.[0] ?? ''
  const mpp = physicalSize(pixels, 'X')
  const mppY = physicalSize(pixels, 'Y')
  const magnification = Number(
    attribute(/<(?:\w+:)?Objective\s[^>]*>/.exec(description)?.[0] ?? '', 'NominalMagnification')
  )
  return {
    ...(mpp !== undefined && { mpp }),
    ...(mpp !== undefined && mppY !== undefined && mppY !== mpp && { mppY }),
    ...(magnification > 0 && magnification <= 400 && { magnification })
  }
}

function physicalSize(element: string, axis: 'X' | 'Y'): number | undefined {
  const unit =
    unitUm[(attribute(element, `PhysicalSize${axis}Unit`) ?? 'µm').replace('\u03bc', 'µ').replace('&#181;', 'µ')]
  const value = Number(attribute(element, `PhysicalSize${axis}`)) * (unit ?? Number.NaN)
  return isPlausibleMpp(value) ? value : undefined
}

function attribute(element: string, name: string): string | undefined {
  return new RegExp(`\\s${name}\\s*=\\s*["']([^"']*)["']`).exec(element)?.[1]
}
