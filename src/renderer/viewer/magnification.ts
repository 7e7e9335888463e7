/** What a slide says of its own scale: µm per pixel of level 0, and the objective it was scanned with. */
export interface SlideScale {
  mpp?: number | undefined
  magnification?: number | undefined
}

// 10 µm per pixel at 1x: the convention by which a scan of 0.25 µm per pixel is called 40x.
const umPerPxAtOneX = 10

/** Magnification at which one pixel of the slide fills one pixel of the screen; undefined where the slide says nothing. */
export function nativeMagnification(scale: SlideScale): number | undefined {
  if (scale.magnification !== undefined && scale.magnification > 0) return scale.magnification
  if (scale.mpp !== undefined && scale.mpp > 0) return umPerPxAtOneX / scale.mpp
  return undefined
}

/** `imageZoom`: screen pixels per pixel of level 0. Says the magnification, or the plain zoom where the slide has no scale. */
export function zoomLabel(imageZoom: number, scale: SlideScale): string {
  const native = nativeMagnification(scale)
  return native === undefined ? `${rounded(imageZoom * 100)} %` : `${rounded(native * imageZoom)}x`
}

/** Magnifications of a microscope's objectives up to the slide's own, with the image zoom that shows each. */
export function magnificationSteps(scale: SlideScale): { label: string; imageZoom: number }[] {
  const native = nativeMagnification(scale)
  if (native === undefined)
    return [0.125, 0.25, 0.5, 1, 2].map((zoom) => ({ label: `${zoom * 100} %`, imageZoom: zoom }))
  const objectives = [1.25, 2.5, 5, 10, 20, 40, 60, 100]
  // A scanner's "20x" of 0.499 µm per pixel is 20.04x: it still counts as 20x.
  const below = objectives.filter((objective) => objective <= native * 1.05)
  return below.map((objective) => ({ label: `${objective}x`, imageZoom: objective / native }))
}

function rounded(value: number): string {
  if (value >= 10) return String(Math.round(value))
  return String(Number(value.toFixed(value >= 1 ? 1 : 2)))
}
