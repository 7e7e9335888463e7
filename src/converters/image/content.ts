/** What a look at a picture found; sizes after its EXIF orientation is applied. */
export interface ImageContent {
  kind: 'image'
  /** `JPEG`, `PNG`, `WebP`, `GIF`, `TIFF`, `AVIF`, ... */
  format: string
  widthPx: number
  heightPx: number
  /** More than one: an animation, of which the first frame is converted. */
  frames: number
  /** The embedded ICC profile. */
  icc?: Buffer
}
