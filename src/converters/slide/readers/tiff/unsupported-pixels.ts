import { Photometric, TiffTag } from '@cogeotiff/core'
import { unsupportedCompression } from '../../../failures.ts'
import { channelsOf } from './ome.ts'
import type { SlidePages } from './slide-pages.ts'

/** Of a sample: what every reader here turns into 8 bits. */
const knownBits = [1, 2, 4, 8, 16]
/** TIFF's SampleFormat of whole numbers (or not said). */
const wholeNumbers = [1, 4]

/**
 * Throws `unsupported-compression` for a slide that no reader here shows right: numbers with a fraction, samples of 12 or
 * 32 bits, and channels on pages of their own, of which others would take the first and say nothing.
 */
export async function refuseUnsupportedPixels({ vendor, description, main }: SlidePages): Promise<void> {
  const [bits = 1] = await main.directory.numbers(TiffTag.BitsPerSample)
  const [format = 1] = await main.directory.numbers(TiffTag.SampleFormat)
  if (!knownBits.includes(bits) || !wholeNumbers.includes(format))
    throw unsupportedCompression(
      `The slide's pixels are ${format === 3 ? 'floating-point numbers' : 'samples'} of ${bits} bits, which can't be converted.`,
      'Save it with 8 or 16 bits per sample.'
    )
  const channels = vendor === 'ome' ? channelsOf(description) : 1
  const shown = main.photometric === Photometric.Palette ? 3 : main.samplesPerPixel
  if (channels > Math.max(1, shown))
    throw unsupportedCompression(
      `The OME-TIFF has ${channels} channels and ${main.samplesPerPixel} of them on a page; only pictures whose colours lie on one page can be converted.`,
      'Export the channels merged, as RGB, and convert that.'
    )
}
