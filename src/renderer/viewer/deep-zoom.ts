import type OpenSeadragon from 'openseadragon'
import { MissingTiles } from './missing-tiles.ts'
import { fittingZoom, turnedStep, upright } from './rotation.ts'
import { tileSourceOf, type ZoomSource } from './tile-source.ts'

/** Where the view stands. `imageZoom`: device pixels per image pixel, 1 is pixel for pixel; `cssZoom`: the same in CSS pixels. */
export interface ZoomView {
  imageZoom: number
  cssZoom: number
  /** Turned to the right, 0 up to 360. */
  degrees: number
}

/** What the parts around the picture may ask of it. */
export interface DeepZoom {
  zoomBy(factor: number): void
  /** Device pixels per image pixel; 1 shows it pixel for pixel. */
  zoomTo(imageZoom: number): void
  /** Moves by a share of the visible width and height. */
  panBy(x: number, y: number): void
  home(): void
  /** Turns to the right, or to the left where `degrees` is negative. */
  turnBy(degrees: number): void
  /** Turns back to how it was scanned. */
  turnUpright(): void
  /** Asks for tiles in view that were not there before: the slide is still being made. */
  askForMissing(): void
  destroy(): void
}

interface Listeners {
  onOpen(): void
  /** At every frame in which the view changes. */
  onView(view: ZoomView): void
  onFailed(): void
}

// Above this a pixel is large enough to be seen as one: smoothing would invent what the scanner didn't see.
const pixelsVisibleFrom = 2

export interface Canvas {
  element: HTMLElement
  /** Takes the map of the whole picture. */
  navigator: HTMLElement
}

/** Shows `source` with OpenSeadragon, which is loaded at the first call. `below`: an image to be seen where tiles are missing. */
export async function openDeepZoom(
  { element, navigator }: Canvas,
  source: ZoomSource,
  below: string | undefined,
  listeners: Listeners
): Promise<DeepZoom> {
  const [{ default: openSeadragon }, tileSource] = await Promise.all([import('openseadragon'), tileSourceOf(source)])
  // A tile that is not there yet is no error, and there may be hundreds.
  Object.assign(openSeadragon, { console: { ...window.console, error: () => undefined } })
  const viewer = openSeadragon({ element, navigatorElement: navigator, ...viewerOptions })
  const missing = new MissingTiles()
  missing.watch(viewer)
  if (viewer.navigator) missing.watch(viewer.navigator)
  viewer.addHandler('open', () => {
    const picture = viewer.world.getItemAt(0)
    followView(viewer, picture, listeners)
    if (below !== undefined) layBelow(viewer, picture, below)
  })
  viewer.addHandler('open-failed', () => listeners.onFailed())
  viewer.open({ tileSource })
  return controls(openSeadragon, viewer, missing)
}

/** A small picture of the whole, stretched to the size of the large one. Where there is none, nothing shows instead. */
function layBelow(viewer: OpenSeadragon.Viewer, picture: OpenSeadragon.TiledImage, url: string): void {
  viewer.addTiledImage({ tileSource: { type: 'image', url }, index: 0, fitBounds: picture.getBounds() })
}

function followView(viewer: OpenSeadragon.Viewer, picture: OpenSeadragon.TiledImage, listeners: Listeners): void {
  let smoothed = true
  let fitted = true
  let refit = false
  const report = () => {
    const view = viewOf(viewer, picture)
    const smooth = view.imageZoom < pixelsVisibleFrom
    if (smooth !== smoothed) viewer.drawer.setImageSmoothingEnabled(smooth)
    smoothed = smooth
    fitted = isFitted(viewer.viewport, picture)
    listeners.onView(view)
  }
  viewer.addHandler('resize', () => {
    refit = fitted
  })
  // OpenSeadragon sets its own zoom right after `resize`; the first change of the view comes after that.
  viewer.addHandler('viewport-change', () => {
    if (refit) showWhole(viewer.viewport, picture, true)
    refit = false
    report()
  })
  viewer.addHandler('rotate', report)
  listeners.onOpen()
  report()
}

function viewOf({ viewport }: OpenSeadragon.Viewer, picture: OpenSeadragon.TiledImage): ZoomView {
  const cssZoom = picture.viewportToImageZoom(viewport.getZoom(true))
  return { cssZoom, imageZoom: cssZoom * window.devicePixelRatio, degrees: upright(viewport.getRotation()) }
}

// What fits the window now has to fit it after the window changed or the picture was turned, too.
function isFitted(viewport: OpenSeadragon.Viewport, picture: OpenSeadragon.TiledImage): boolean {
  return Math.abs(viewport.getZoom() / homeZoom(viewport, picture) - 1) < 0.001
}

// OpenSeadragon's own way home takes a picture that was turned for one that was not.
function showWhole(viewport: OpenSeadragon.Viewport, picture: OpenSeadragon.TiledImage, atOnce = false): void {
  viewport.panTo(picture.getBounds().getCenter(), atOnce)
  viewport.zoomTo(homeZoom(viewport, picture), undefined, atOnce)
}

function homeZoom(viewport: OpenSeadragon.Viewport, picture: OpenSeadragon.TiledImage): number {
  return fittingZoom(picture.getBounds(), viewport.getRotation(), viewport.getAspectRatio())
}

const viewerOptions = {
  // The 2D canvas needs no GPU: lab PCs are often looked at over remote desktops that have none.
  drawer: 'canvas',
  showNavigationControl: false,
  showNavigator: true,
  navigatorAutoFade: false,
  navigatorOpacity: 1,
  navigatorDisplayRegionColor: 'var(--mantine-primary-color-filled)',
  // The page has its own keys, which act wherever the focus is.
  keyboardNavEnabled: false,
  tabIndex: -1,
  // Its smoothing of tile edges draws on a second canvas that smooths every pixel with them.
  smoothTileEdgesMinZoom: Number.POSITIVE_INFINITY,
  // The magnification stays when the details open beside the picture.
  preserveImageSizeOnResize: true,
  maxZoomPixelRatio: 8,
  // Small enough for a wide slide that was turned by a quarter.
  minZoomImageRatio: 0.4,
  visibilityRatio: 0.5,
  animationTime: 0.6,
  blendTime: 0.1,
  zoomPerScroll: 1.3,
  maxImageCacheCount: 400,
  gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: true }
} satisfies OpenSeadragon.Options

function controls(openSeadragon: typeof OpenSeadragon, viewer: OpenSeadragon.Viewer, missing: MissingTiles): DeepZoom {
  const view = viewer.viewport
  const settle = () => view.applyConstraints()
  /** The last is the picture itself; what lies below it came later. Undefined until it is open. */
  const picture = (): OpenSeadragon.TiledImage | undefined => viewer.world.getItemAt(viewer.world.getItemCount() - 1)
  const turnTo = (degrees: number) => {
    const shown = picture()
    const fitted = shown && isFitted(view, shown)
    view.setRotation(degrees)
    if (fitted) showWhole(view, shown)
  }
  return {
    zoomBy(factor) {
      view.zoomBy(factor)
      settle()
    },
    zoomTo(imageZoom) {
      const shown = picture()
      if (!shown) return
      view.zoomTo(shown.imageToViewportZoom(imageZoom / window.devicePixelRatio))
      settle()
    },
    panBy(x, y) {
      const { width, height } = view.getBounds()
      const step = turnedStep(x * width, y * height, view.getRotation())
      view.panBy(new openSeadragon.Point(step.x, step.y))
      settle()
    },
    home() {
      const shown = picture()
      if (shown) showWhole(view, shown)
    },
    turnBy: (degrees) => turnTo(view.getRotation() + degrees),
    turnUpright: () => turnTo(0),
    askForMissing: () => missing.askAgain(),
    destroy: () => viewer.destroy()
  }
}
