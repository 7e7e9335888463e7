import type { SlideProperties } from '../../properties/scale.ts'
import { aperioProperties } from './aperio.ts'
import { omeProperties } from './ome.ts'
import { philipsProperties } from './philips.ts'
import type { SlidePages } from './slide-pages.ts'
import { ventanaProperties } from './ventana.ts'

/** The scale of a TIFF's main page: the vendor's word first, the resolution tags where it is silent. */
export function scaleOf(slide: SlidePages): SlideProperties {
  const told = toldBy(slide)
  if (told.mpp !== undefined || !slide.main.resolution) return told
  const { xMpp, yMpp } = slide.main.resolution
  const differs = Math.abs(xMpp - yMpp) / xMpp > 0.0005
  return { ...told, mpp: rounded(xMpp), ...(differs && { mppY: rounded(yMpp) }) }
}

function toldBy({ vendor, description, xmp }: SlidePages): SlideProperties {
  switch (vendor) {
    case 'aperio':
      return aperioProperties(description)
    case 'ome':
      return omeProperties(description)
    case 'philips':
      return philipsProperties(description)
    case 'ventana':
      return ventanaProperties(xmp)
    case 'generic':
      return {}
  }
}

/** TIFF stores the resolution as a quotient of rounded numbers: more than 6 digits are noise. */
const rounded = (mpp: number) => Number(mpp.toPrecision(6))
