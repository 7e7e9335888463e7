import { tooLarge } from './failures.ts'

/**
 * 16,383 x 16,383 pixels: the largest WebP there is and libvips' own guard. Decoders of images hold a whole picture in
 * memory (progressive JPEG, interlaced PNG: up to 6 bytes a pixel, so 1.6 GB); no camera makes more.
 */
export const maxImagePixels = 16_383 * 16_383
/** Far above any scanner (a whole 26 x 76 mm glass at 0.1 µm is 260,000 x 760,000); keeps tile counts bounded. */
export const maxSlideSidePx = 1_000_000
/** 100 gigapixels: 200,000 x 200,000 fits twice; 2 million tiles of 256 px. Slides are streamed, so memory is no limit. */
export const maxSlidePixels = 100_000_000_000
/** 16K; the encoders' own limits lie here. */
export const maxVideoSidePx = 16_384
/** A day; more is a broken time stamp rather than a video. */
export const maxVideoSeconds = 86_400

/** Above this a plain TIFF is a scan rather than a photo (the largest single-shot cameras have 151 megapixels). */
export const largestPhotoPixels = 160_000_000

const count = (value: number) => value.toLocaleString('en')

/** Throws `too-large` for an image that must be held in memory and can't. */
export function checkImageSize(widthPx: number, heightPx: number): void {
  if (widthPx * heightPx <= maxImagePixels) return
  throw tooLarge(
    `The image has ${count(widthPx)} x ${count(heightPx)} pixels; at most ${count(maxImagePixels)} in all are converted as an image.`,
    'Save it as a tiled TIFF to convert it as a slide.'
  )
}

/** Throws `too-large` for a slide beyond {@link maxSlideSidePx} or {@link maxSlidePixels}. */
export function checkSlideSize(widthPx: number, heightPx: number): void {
  if (Math.max(widthPx, heightPx) <= maxSlideSidePx && widthPx * heightPx <= maxSlidePixels) return
  throw tooLarge(
    `The slide has ${count(widthPx)} x ${count(heightPx)} pixels; at most ${count(maxSlideSidePx)} a side and ${count(maxSlidePixels)} in all are converted.`,
    'Export the part of it that is needed.'
  )
}

/** Throws `too-large` for a video beyond {@link maxVideoSidePx} or {@link maxVideoSeconds}. */
export function checkVideoSize(widthPx: number, heightPx: number, durationS: number): void {
  if (Math.max(widthPx, heightPx) > maxVideoSidePx)
    throw tooLarge(
      `The video has ${count(widthPx)} x ${count(heightPx)} pixels; at most ${count(maxVideoSidePx)} a side are converted.`,
      'Scale it down before converting it.'
    )
  if (durationS > maxVideoSeconds)
    throw tooLarge(
      `The video says it lasts ${count(Math.round(durationS))} s; at most ${count(maxVideoSeconds)} s are converted.`,
      'Cut it into parts.'
    )
}
