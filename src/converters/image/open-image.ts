import sharp, { type Sharp } from 'sharp'
import { damaged, reasonOf, writeFailureOf } from '../failures.ts'
import { maxImagePixels } from '../limits.ts'

/** A picture as it is meant to be looked at: first frame, turned as its EXIF says, in sRGB; no metadata comes along. */
export function openImage(path: string): Sharp {
  return sharp(path, { page: 0, limitInputPixels: maxImagePixels, failOn: 'error', autoOrient: true }).toColourspace(
    'srgb'
  )
}

/** What a failed conversion is: no room for the result, or a source that can't be decoded. */
export function imageFailure(error: unknown, paths: string[]): Error {
  return (
    writeFailureOf(error) ??
    damaged(
      `The picture can't be read to its end: ${reasonOf(error, paths)}.`,
      'Copy it again from where it was made.',
      error
    )
  )
}
