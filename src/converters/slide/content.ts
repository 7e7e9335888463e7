import type { SlideProperties } from './properties/scale.ts'

/** Where libvips finds one image of a TIFF. */
export interface PageRef {
  page: number
  subPage?: number
  widthPx: number
  heightPx: number
}

/** What a look at a slide found. Only `main`, level 0 of the pyramid, is ever converted. */
export interface SlideContent {
  kind: 'slide'
  /** As people read it: `Aperio SVS`, `OME-TIFF`, `BigTIFF`, `TIFF`, `PNG`. */
  format: string
  main: PageRef
  /** Main image and its smaller versions. */
  levels: number
  /** The smallest version of the main image that has at least 256 px a side, or the main image. */
  preview: PageRef
  properties: SlideProperties
  /** A photo's EXIF orientation is applied; that of a scan means nothing to the viewers of scans. */
  oriented: boolean
}
