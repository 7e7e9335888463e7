import type { Repeats } from './inputs/reshape.ts'

/** How much is measured: all of it for the record, or little to see that it works. */
export interface SlideSizes {
  rounds: number
  /** The real small slide of 2,220 x 2,967 pixels, so many times beside and below itself. */
  slide: Repeats
  /** The same for JPEG 2000, which takes longest to make. */
  jpeg2000: Repeats
  /** How many times the slide's tiles make the one of ten times the pixels. */
  tenfold: Repeats
}

/** 527 megapixels, and 132 as JPEG 2000. */
export const fullSizes: SlideSizes = {
  rounds: 5,
  slide: { columns: 10, rows: 8 },
  jpeg2000: { columns: 5, rows: 4 },
  tenfold: { columns: 5, rows: 2 }
}
/** 40 and 13 megapixels. */
export const quickSizes: SlideSizes = {
  rounds: 1,
  slide: { columns: 3, rows: 2 },
  jpeg2000: { columns: 2, rows: 1 },
  tenfold: { columns: 5, rows: 2 }
}
