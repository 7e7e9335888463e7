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
  onOpen(sizePx: { width: number; height: number }): void
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
  let smoothed = true
  const image = () => viewer.world.getItemAt(0)
  const report = () => {
    if (viewer.world.getItemCount() === 0) return
    const cssZoom = image().viewportToImageZoom(viewer.viewport.getZoom(true))
    const imageZoom = cssZoom * window.devicePixelRatio
    const smooth = imageZoom < pixelsVisibleFrom
    if (smooth !== smoothed) viewer.drawer.setImageSmoothingEnabled(smooth)
    smoothed = smooth
    listeners.onView({ imageZoom, cssZoom })
  }
  viewer.addHandler('open', () => {
    const { x: width, y: height } = image().getContentSize()
    listeners.onOpen({ width, height })
    report()
  })
  viewer.addHandler('viewport-change', report)
  viewer.addHandler('resize', report)
  viewer.addHandler('open-failed', () => listeners.onFailed())
  viewer.open({ tileSource: source.type === 'pyramid' ? source.url : { type: 'image', url: source.url } })
  return controls(openSeadragon, viewer)
}

const viewerOptions = {
  // The 2D canvas needs no GPU: lab PCs are often looked at over remote desktops that have none.
  drawer: 'canvas',
  showNavigationControl: false,
  showNavigator: true,
  navigatorAutoFade: false,
  navigatorDisplayRegionColor: 'var(--mantine-primary-color-filled)',
  // The page has its own keys, which act wherever the focus is.
  keyboardNavEnabled: false,
  tabIndex: -1,
  // Its smoothing of tile edges draws on a second canvas that smooths every pixel with them.
  smoothTileEdgesMinZoom: Number.POSITIVE_INFINITY,
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
