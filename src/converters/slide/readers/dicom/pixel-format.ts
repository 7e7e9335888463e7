import { tooLarge, unsupportedCompression } from '../../../failures.ts'
import { checkSlideSize } from '../../../limits.ts'
import { dicomDamaged } from './dicom-file.ts'
import { notDecoded } from './head.ts'
import type { DicomInstance } from './instance.ts'

/** Level 0 of the largest slide that is converted has 2 million tiles of 224 pixels. */
const mostTiles = 4_000_000
/** A frame is decoded as a whole: 75 MB. */
const mostFramePixels = 25_000_000
const colours = ['RGB', 'YBR_FULL', 'YBR_FULL_422', 'YBR_ICT', 'YBR_RCT']

/** Throws an error of class `input` where an instance's pixels are of a kind or a size that isn't converted. */
export function checkPixels(instance: DicomInstance): void {
  const { samples, opticalPaths, fluorescence, frames } = instance
  if (!samples.syntax.pixels) throw notDecoded(samples.syntax)
  if (fluorescence || (samples.perPixel === 1 && opticalPaths > 1)) throw fluorescenceNotConverted(opticalPaths)
  if (samples.bitsAllocated !== 8 || samples.bitsStored !== 8)
    throw bitsNotDecoded(Math.max(samples.bitsAllocated, samples.bitsStored))
  if (!isKnown(instance)) throw photometricNotDecoded(instance)
  if (frames < 1) throw dicomDamaged(`it says it has ${frames} frames`)
  checkSizes(instance)
}

function isKnown({ samples: { perPixel, photometric, syntax } }: DicomInstance): boolean {
  if (perPixel === 1) return photometric === 'MONOCHROME2'
  return perPixel === 3 && (syntax.pixels === 'native' ? photometric === 'RGB' : colours.includes(photometric))
}

function checkSizes({ widthPx, heightPx, tileWidthPx, tileHeightPx }: DicomInstance): void {
  checkSlideSize(widthPx, heightPx)
  const tiles = Math.ceil(widthPx / tileWidthPx) * Math.ceil(heightPx / tileHeightPx)
  if (tiles > mostTiles)
    throw tooLarge(
      `The slide is made of ${tiles} tiles of ${tileWidthPx} x ${tileHeightPx} pixels; at most ${mostTiles} are converted.`,
      'Export it with larger tiles.'
    )
  if (tileWidthPx * tileHeightPx > mostFramePixels)
    throw tooLarge(
      `The slide's tiles have ${tileWidthPx} x ${tileHeightPx} pixels; at most ${mostFramePixels} in all are converted.`,
      'Export it with smaller tiles.'
    )
}

/** The refusal of samples that aren't bytes. */
export function bitsNotDecoded(bits: number) {
  return unsupportedCompression(
    `The DICOM slide has ${bits} bits per sample; slides of 8 bits are converted.`,
    'Export it with 8 bits per sample.'
  )
}

function fluorescenceNotConverted(paths: number) {
  return unsupportedCompression(
    `The DICOM slide is a fluorescence image of ${paths} optical ${paths === 1 ? 'path' : 'paths'}; brightfield slides are converted.`,
    'Export it as an image in colour.'
  )
}

function photometricNotDecoded({ samples: { perPixel, photometric, syntax } }: DicomInstance) {
  const name = /^[A-Z0-9_ ]{1,16}$/.test(photometric) ? photometric : 'no known colours'
  return unsupportedCompression(
    `The DICOM slide's pixels are ${name} of ${perPixel} samples in ${syntax.name}, which can't be decoded here.`,
    'Export it as RGB or YBR_FULL_422.'
  )
}
