import type { SlideProperties } from '../slide/properties/scale.ts'

/** What a look at a picture found; sizes after its EXIF orientation is applied. */
export interface ImageContent {
  kind: 'image'
  /** `JPEG`, `PNG`, `WebP`, `GIF`, `TIFF`, `AVIF`, ... */
  format: string
  widthPx: number
  heightPx: number
  /** More than one: an animation, of which the first frame is converted. */
  frames: number
  /** Where it says so, for a slide made of it: of the picture as it is stored, before its orientation is applied. */
  properties?: SlideProperties
  /** The embedded ICC profile. */
  icc?: Buffer
}
