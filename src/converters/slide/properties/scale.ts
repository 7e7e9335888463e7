/** What a slide says of its scale: µm per pixel of level 0 (`mppY` only where it differs), objective's magnification. */
export interface SlideProperties {
  mpp?: number
  mppY?: number
  magnification?: number
}

/** Coarser than this is a print default (72 or 300 dpi: 353 and 85 µm), finer is no light microscope. */
const plausibleMpp = { min: 0.01, max: 10 }

/** True where a number can be the µm per pixel of a microscope. */
export function isPlausibleMpp(mpp: number): boolean {
  return mpp >= plausibleMpp.min && mpp <= plausibleMpp.max
}

/** True where a number can be an objective's magnification. */
export function isPlausibleMagnification(magnification: number): boolean {
  return magnification > 0 && magnification <= 400
}
