import { Compression, Photometric, PlanarConfiguration, Predictor, TiffTag } from '@cogeotiff/core'
import type { TiffPage } from './pages.ts'

/** How the tiles of a page are stored, of those ways that this reader reads. */
export type TileFormat =
  | { kind: 'jpeg'; rgb: boolean; grey: boolean }
  | { kind: 'jpeg2000'; ycbcr: boolean }
  | { kind: 'plain'; compression: number; predictor: number; grey: boolean }

/** Aperio's JPEG 2000 whose components are YCbCr and RGB, and the one registered later. */
const jpeg2000 = { ycbcr: 33_003, rgb: 33_005, registered: 34_712 } as const
const plain: number[] = [Compression.None, Compression.Lzw, Compression.DeflateOther, Compression.Deflate]
/** Of a tile in memory; larger ones go to readers that work by lines. */
const maxTilePixels = 4096 * 4096

/** The format of a page's tiles: 8 bits, grey or three colours side by side; undefined for anything else. */
export async function tileFormatOf(page: TiffPage): Promise<TileFormat | undefined> {
  if (!page.tile || page.tile.widthPx * page.tile.heightPx > maxTilePixels) return undefined
  const { photometric, samplesPerPixel, compression } = page
  const colours = samplesPerPixel === 3
  const grey = samplesPerPixel === 1 && photometric === Photometric.MinIsBlack
  if (!(colours || grey) || !(await hasPlainBytes(page))) return undefined
  const rgb = colours && photometric === Photometric.Rgb
  const ycbcr = colours && photometric === Photometric.Ycbcr
  if (compression === Compression.Jpeg) return rgb || ycbcr || grey ? { kind: 'jpeg', rgb, grey } : undefined
  if (compression === jpeg2000.ycbcr || compression === jpeg2000.rgb)
    return colours ? { kind: 'jpeg2000', ycbcr: compression === jpeg2000.ycbcr } : undefined
  if (compression === jpeg2000.registered) return rgb || ycbcr ? { kind: 'jpeg2000', ycbcr } : undefined
  if (!plain.includes(compression) || !(rgb || grey)) return undefined
  const predictor = (await page.directory.number(TiffTag.Predictor)) ?? Predictor.None
  const known = predictor === Predictor.None || predictor === Predictor.Horizontal
  return known ? { kind: 'plain', compression, predictor, grey } : undefined
}

/** Unsigned samples of 8 bits, those of a pixel behind each other. */
async function hasPlainBytes({ directory, samplesPerPixel }: TiffPage): Promise<boolean> {
  const all = async (tag: TiffTag, expected: number) => (await directory.numbers(tag)).every((n) => n === expected)
  const bits = await directory.numbers(TiffTag.BitsPerSample)
  return (
    bits.length >= Math.min(1, samplesPerPixel) &&
    bits.every((n) => n === 8) &&
    (await all(TiffTag.PlanarConfiguration, PlanarConfiguration.Contig)) &&
    (await all(TiffTag.SampleFormat, 1)) &&
    (await all(TiffTag.FillOrder, 1))
  )
}
