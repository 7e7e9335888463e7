/** What a slide says of its scale: µm per pixel of level 0 (`mppY` only where it differs), objective's magnification. */
export interface SlideProperties {
  mpp?: number
  mppY?: number
  magnification?: number
}
