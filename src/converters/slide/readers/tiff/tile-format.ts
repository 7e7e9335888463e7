import { Compression, Photometric, PlanarConfiguration, Predictor, TiffTag } from '@cogeotiff/core'
import { unsupportedCompression } from '../../../failures.ts'
import type { TiffPage } from './pages.ts'
import type { PlainTile } from './plain-tiles.ts'

/** How the tiles of a page are stored, of those ways that this reader reads. */
export type TileFormat =
  | { kind: 'jpeg'; rgb: boolean; grey: boolean }
  | { kind: 'jpeg2000'; ycbcr: boolean }
  | { kind: 'plain'; compression: number; predictor: number; samples: PlainTile['samples']; alpha: number }

/** JPEG 2000: Aperio's of YCbCr and RGB, libvips' (YCbCr whatever Photometric says), and the one registered later. */
const jpeg2000 = { ycbcr: 33_003, rgb: 33_005, libvips: 33_004, registered: 34_712 } as const
const jpeg2000s: number[] = Object.values(jpeg2000)
const plain: number[] = [Compression.None, Compression.Lzw, Compression.DeflateOther, Compression.Deflate]
/** ExtraSamples: the colours were multiplied by it, or not. */
const associatedAlpha = 1
const unassociatedAlpha = 2
/** Of a tile in memory; larger ones go to readers that work by lines. */
const maxTilePixels = 4096 * 4096

/** The format of a page's tiles, of 8 bits with a pixel's samples side by side; undefined for anything else. */
export async function tileFormatOf(page: TiffPage): Promise<TileFormat | undefined> {
  const { tile, compression } = page
  if (!tile || tile.widthPx * tile.heightPx > maxTilePixels || !(await hasPlainBytes(page))) return undefined
  if (compression === Compression.Jpeg) return jpegFormat(page)
  return plain.includes(compression) ? plainFormat(page) : jpeg2000Format(page)
}

/**
 * Throws `unsupported-compression` for tiles of JPEG 2000 whose samples {@link tileFormatOf} does not know, such as a
 * transparency: neither OpenSlide nor libvips as sharp has it reads them, and both would call the file damaged.
 */
export async function refuseJpeg2000({ tile, compression, samplesPerPixel, directory }: TiffPage): Promise<void> {
  if (!tile || !jpeg2000s.includes(compression)) return
  const bits = (await directory.number(TiffTag.BitsPerSample)) ?? 1
  if (bits === 8 && (samplesPerPixel === 1 || samplesPerPixel === 3)) return
  throw unsupportedCompression(
    `The slide's tiles are JPEG 2000 with ${samplesPerPixel} samples of ${bits} bits for each pixel; only 1 or 3 samples of 8 bits can be decoded here.`,
    'Save it without transparency, in 8 bits, or with another compression.'
  )
}

function jpegFormat({ photometric, samplesPerPixel }: TiffPage): TileFormat | undefined {
  const rgb = samplesPerPixel === 3 && photometric === Photometric.Rgb
  const ycbcr = samplesPerPixel === 3 && photometric === Photometric.Ycbcr
  const grey = samplesPerPixel === 1 && photometric === Photometric.MinIsBlack
  return rgb || ycbcr || grey ? { kind: 'jpeg', rgb, grey } : undefined
}

function jpeg2000Format({ photometric, samplesPerPixel, compression }: TiffPage): TileFormat | undefined {
  const isGrey = samplesPerPixel === 1 && photometric === Photometric.MinIsBlack
  if (isGrey && jpeg2000s.includes(compression)) return { kind: 'jpeg2000', ycbcr: false }
  if (samplesPerPixel !== 3) return undefined
  if (compression === jpeg2000.ycbcr || compression === jpeg2000.libvips) return { kind: 'jpeg2000', ycbcr: true }
  if (compression === jpeg2000.rgb) return { kind: 'jpeg2000', ycbcr: false }
  const known = photometric === Photometric.Rgb || photometric === Photometric.Ycbcr
  const isRegistered = compression === jpeg2000.registered && known
  return isRegistered ? { kind: 'jpeg2000', ycbcr: photometric === Photometric.Ycbcr } : undefined
}

/** Grey or RGB, also with a transparency (libvips writes what OpenSlide gave it with one). */
async function plainFormat(page: TiffPage): Promise<TileFormat | undefined> {
  const { directory, photometric, samplesPerPixel, compression } = page
  const predictor = (await directory.number(TiffTag.Predictor)) ?? Predictor.None
  const alpha = (await directory.number(TiffTag.ExtraSamples)) ?? 0
  const colours = plainColours[photometric]
  const samples = colours && plainSamples(colours, samplesPerPixel, alpha)
  const known = predictor === Predictor.None || predictor === Predictor.Horizontal
  return known && samples ? { kind: 'plain', compression, predictor, samples, alpha } : undefined
}

const plainColours: Record<number, 1 | 3 | undefined> = { [Photometric.MinIsBlack]: 1, [Photometric.Rgb]: 3 }

function plainSamples(colours: 1 | 3, samples: number, alpha: number): PlainTile['samples'] | undefined {
  const isTransparent = alpha === associatedAlpha || alpha === unassociatedAlpha
  if (samples === colours + 1 && isTransparent) return colours === 1 ? 2 : 4
  return samples === colours ? colours : undefined
}

/** Unsigned samples of 8 bits, those of a pixel behind each other. */
async function hasPlainBytes({ directory }: TiffPage): Promise<boolean> {
  const all = async (tag: TiffTag, expected: number) => (await directory.numbers(tag)).every((n) => n === expected)
  const bits = await directory.numbers(TiffTag.BitsPerSample)
  return (
    bits.length > 0 &&
    bits.every((n) => n === 8) &&
    (await all(TiffTag.PlanarConfiguration, PlanarConfiguration.Contig)) &&
    (await all(TiffTag.SampleFormat, 1)) &&
    (await all(TiffTag.FillOrder, 1))
  )
}
