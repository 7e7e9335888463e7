import { isPlausibleMpp } from '../../tiff/pages.ts'
import type { SlideProperties } from './scale.ts'

/** True for the ImageDescription of a file that Aperio's software wrote. */
export function isAperio(description: string): boolean {
  return /^Aperio /.test(description)
}

/** `MPP = 0.4990` and `AppMag = 20` among the `|`-separated words; nothing else of them is looked at. */
export function aperioProperties(description: string): SlideProperties {
  const mpp = numberAfter(description, 'MPP')
  const magnification = numberAfter(description, 'AppMag')
  return {
    ...(mpp !== undefined && isPlausibleMpp(mpp) && { mpp }),
    ...(magnification !== undefined && magnification > 0 && magnification <= 400 && { magnification })
  }
}

function numberAfter(description: string, key: string): number | undefined {
  const found = new RegExp(`\\|\\s*${key}\\s*=\\s*([0-9]+(?:\\.[0-9]+)?)\\s*(?:\\||$)`).exec(description)
  return found?.[1] === undefined ? undefined : Number(found[1])
}
