import { halve } from './box-filter.ts'
import type { ReducedChild, ReduceOrder } from './codec.ts'
import { extended, type PixelWindow, partOf } from './pixel-window.ts'

/** A child, whatever its bytes lie in. */
type Place = Omit<ReducedChild, 'jpeg' | 'head'>
type Tile = Omit<ReduceOrder, 'children' | 'quality'>

/** Where a child's halved pixels come to. */
export function childPlace(whole: PixelWindow, child: Place): PixelWindow {
  const { xPx, yPx, widthPx, heightPx } = child
  return partOf(whole, xPx, yPx, Math.ceil(widthPx / 2), Math.ceil(heightPx / 2))
}

/** Size of a canvas for all children: where sizes are rounded down it is larger than the tile. */
export function canvasSize({
  children,
  widthPx,
  heightPx
}: Tile & { children: Place[] }): [widthPx: number, heightPx: number] {
  const right = children.map((child) => child.xPx + Math.ceil(child.widthPx / 2))
  const bottom = children.map((child) => child.yPx + Math.ceil(child.heightPx / 2))
  return [Math.max(widthPx, ...right), Math.max(heightPx, ...bottom)]
}

/** The tile itself on a canvas that is filled. */
export function reducedTile(whole: PixelWindow, { widthPx, heightPx, paddedPx }: Tile): PixelWindow {
  const tile = partOf(whole, 0, 0, widthPx, heightPx)
  return paddedPx === undefined ? tile : extended(tile, paddedPx, paddedPx)
}

/** Halves what of a decoded child is to be seen: what pads it beyond must not colour the last pixel. */
export function halveVisible(decoded: PixelWindow, { widthPx, heightPx }: Place, into: PixelWindow): void {
  halve(partOf(decoded, 0, 0, widthPx, heightPx), into)
}
