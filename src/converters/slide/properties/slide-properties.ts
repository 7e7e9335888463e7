import type { TiffPage } from '../../tiff/pages.ts'
import { aperioProperties, isAperio } from './aperio.ts'
import { isOme, omeProperties } from './ome.ts'
import type { SlideProperties } from './scale.ts'

/** The scale of a TIFF's page: the vendor's word first, the resolution tags where it is silent. */
export function propertiesOf(main: TiffPage, firstDescription: string): SlideProperties {
  const told = vendorProperties(firstDescription)
  if (told.mpp !== undefined || !main.resolution) return told
  const { xMpp, yMpp } = main.resolution
  const differs = Math.abs(xMpp - yMpp) / xMpp > 0.0005
  return { ...told, mpp: rounded(xMpp), ...(differs && { mppY: rounded(yMpp) }) }
}

function vendorProperties(description: string): SlideProperties {
  if (isAperio(description)) return aperioProperties(description)
  return isOme(description) ? omeProperties(description) : {}
}

/** TIFF stores the resolution as a quotient of rounded numbers: more than 6 digits are noise. */
const rounded = (mpp: number) => Number(mpp.toPrecision(6))
