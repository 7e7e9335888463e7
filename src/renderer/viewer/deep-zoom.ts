import type OpenSeadragon from 'openseadragon'

/** What is shown: a pyramid by the URL of its .dzi, or one plain image. */
export type ZoomSource = { type: 'pyramid'; url: string } | { type: 'image'; url: string }

/** Where the view stands. `imageZoom`: device pixels per image pixel, 1 is pixel for pixel; `cssZoom`: the same in CSS pixels. */
export interface ZoomView {
  imageZoom: number
  cssZoom: number
}

/** What the parts around the picture may ask of it. */
export interface DeepZoom {
  zoomBy(factor: number): void
  /** Device pixels per image pixel; 1 shows it pixel for pixel. */
  zoomTo(imageZoom: number): void
  /** Moves by a share of the visible width and height. */
  panBy(x: number, y: number): void
  home(): void
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

/** Shows `source` in `element` with OpenSeadragon, which is loaded at the first call. */
export async function openDeepZoom(
  element: HTMLElement,
  navigator: HTMLElement,
  source: ZoomSource,
  listeners: Listeners
): Promise<DeepZoom> {
  const { default: openSeadragon } = await import('openseadragon')
  const viewer = openSeadragon({ element, navigatorElement: navigator, ...viewerOptions })
  followView(viewer, listeners)
  viewer.addHandler('open-failed', () => listeners.onFailed())
  viewer.open({ tileSource: source.type === 'pyramid' ? source.url : { type: 'image', url: source.url } })
  return controls(openSeadragon, viewer)
}

function followView(viewer: OpenSeadragon.Viewer, listeners: Listeners): void {
  let smoothed = true
  let fitted = true
  let refit = false
  const report = () => {
    if (viewer.world.getItemCount() === 0) return
    const view = viewOf(viewer)
    const smooth = view.imageZoom < pixelsVisibleFrom
    if (smooth !== smoothed) viewer.drawer.setImageSmoothingEnabled(smooth)
    smoothed = smooth
    fitted = isFitted(viewer.viewport)
    listeners.onView(view)
  }
  viewer.addHandler('open', () => {
    listeners.onOpen()
    report()
  })
  viewer.addHandler('resize', () => {
    refit = fitted
  })
  // OpenSeadragon sets its own zoom right after `resize`; the first change of the view comes after that.
  viewer.addHandler('viewport-change', () => {
    if (refit) viewer.viewport.goHome(true)
    refit = false
    report()
  })
}

function viewOf(viewer: OpenSeadragon.Viewer): ZoomView {
  const cssZoom = viewer.world.getItemAt(0).viewportToImageZoom(viewer.viewport.getZoom(true))
  return { cssZoom, imageZoom: cssZoom * window.devicePixelRatio }
}

// What fits the window now has to fit it after the window changed, too.
function isFitted(viewport: OpenSeadragon.Viewport): boolean {
  return Math.abs(viewport.getZoom() / viewport.getHomeZoom() - 1) < 0.001
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
  minZoomImageRatio: 0.8,
  visibilityRatio: 0.5,
  animationTime: 0.6,
  blendTime: 0.1,
  zoomPerScroll: 1.3,
  maxImageCacheCount: 400,
  gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: true }
} satisfies OpenSeadragon.Options

function controls(openSeadragon: typeof OpenSeadragon, viewer: OpenSeadragon.Viewer): DeepZoom {
  const view = viewer.viewport
  const settle = () => view.applyConstraints()
  return {
    zoomBy(factor) {
      view.zoomBy(factor)
      settle()
    },
    zoomTo(imageZoom) {
      if (viewer.world.getItemCount() === 0) return
      view.zoomTo(viewer.world.getItemAt(0).imageToViewportZoom(imageZoom / window.devicePixelRatio))
      settle()
    },
    panBy(x, y) {
      const { width, height } = view.getBounds()
      view.panBy(new openSeadragon.Point(x * width, y * height))
      settle()
    },
    home: () => view.goHome(),
    destroy: () => viewer.destroy()
  }
}
