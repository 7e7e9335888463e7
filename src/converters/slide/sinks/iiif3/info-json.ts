import type { Geometry } from '../../pyramid/geometry.ts'

/**
 * The specification wants the address at which the image is served, which nobody knows while it is written: as with
 * libvips, whoever publishes the folder writes it here (docs/how-to/formats.md).
 */
const id = 'https://example.com/iiif/slide'

/**
 * IIIF Image API 3.0, compliance level 0. `sizes` are those in which the whole image is there: the one-tile level. Level 0
 * demands `full/max` too; that it is no larger than a tile is what `maxWidth` and `maxHeight` say.
 */
export function infoJson({ widthPx, heightPx, tileSizePx, levels }: Geometry): string {
  const smallest = levels.at(-1)
  const info = {
    '@context': 'http://iiif.io/api/image/3/context.json',
    id,
    type: 'ImageService3',
    protocol: 'http://iiif.io/api/image',
    profile: 'level0',
    width: widthPx,
    height: heightPx,
    ...(levels.length > 1 && { maxWidth: tileSizePx, maxHeight: tileSizePx }),
    sizes: smallest ? [{ width: smallest.widthPx, height: smallest.heightPx }] : [],
    tiles: [{ width: tileSizePx, height: tileSizePx, scaleFactors: levels.map(({ scale }) => scale) }]
  }
  return `${JSON.stringify(info, undefined, 2)}\n`
}
