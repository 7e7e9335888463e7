import type { ZoomCommands } from './use-deep-zoom.ts'
import { useKeys } from './use-keys.ts'

const step = 0.15
const factor = 1.5
const quarter = 90
const aLittle = 5

/** Arrows move, + and - zoom, 0 fits, 1 shows it pixel for pixel; R turns by a quarter, with Shift to the left, . and , a little, N back. */
export function useZoomKeys(zoom: ZoomCommands): void {
  useKeys({
    ArrowLeft: () => zoom.panBy(-step, 0),
    ArrowRight: () => zoom.panBy(step, 0),
    ArrowUp: () => zoom.panBy(0, -step),
    ArrowDown: () => zoom.panBy(0, step),
    '+': () => zoom.zoomBy(factor),
    '=': () => zoom.zoomBy(factor),
    '-': () => zoom.zoomBy(1 / factor),
    '0': zoom.home,
    '1': () => zoom.zoomTo(1),
    r: () => zoom.turnBy(quarter),
    R: () => zoom.turnBy(-quarter),
    '.': () => zoom.turnBy(aLittle),
    ',': () => zoom.turnBy(-aLittle),
    n: zoom.turnUpright
  })
}
