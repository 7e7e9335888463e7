import { type RefObject, useEffect, useMemo, useRef, useState } from 'react'
import { type DeepZoom, openDeepZoom, type ZoomView } from './deep-zoom.ts'
import type { ZoomSource } from './tile-source.ts'

/** What may be asked of the picture at any time; nothing happens while it is not open. */
export type ZoomCommands = Omit<DeepZoom, 'destroy'>

/**
 * Opens `source` in the two elements for as long as the caller is shown. `below`: address of an image to be seen where tiles are
 * missing, read at the opening only. `view` is undefined until it is open.
 */
export function useDeepZoom(
  canvas: RefObject<HTMLElement | null>,
  map: RefObject<HTMLElement | null>,
  { type, url }: ZoomSource,
  below: string | undefined
): { state: 'loading' | 'open' | 'failed'; view: ZoomView | undefined; zoom: ZoomCommands } {
  const [state, setState] = useState<'loading' | 'open' | 'failed'>('loading')
  const [view, setView] = useState<ZoomView>()
  const current = useRef<DeepZoom>(undefined)
  const firstBelow = useRef(below)
  useEffect(() => {
    if (!canvas.current || !map.current) return
    let left = false
    const opening = openDeepZoom(
      { element: canvas.current, navigator: map.current },
      { type, url },
      firstBelow.current,
      { onOpen: () => setState('open'), onView: setView, onFailed: () => setState('failed') }
    )
    opening.then(
      (opened) => {
        if (left) opened.destroy()
        else current.current = opened
      },
      () => setState('failed')
    )
    return () => {
      left = true
      current.current?.destroy()
      current.current = undefined
    }
  }, [canvas, map, type, url])
  const zoom = useMemo(() => commands(current), [])
  return { state, view, zoom }
}

function commands(current: RefObject<DeepZoom | undefined>): ZoomCommands {
  return {
    zoomBy: (factor) => current.current?.zoomBy(factor),
    zoomTo: (imageZoom) => current.current?.zoomTo(imageZoom),
    panBy: (x, y) => current.current?.panBy(x, y),
    home: () => current.current?.home(),
    turnBy: (degrees) => current.current?.turnBy(degrees),
    turnUpright: () => current.current?.turnUpright(),
    askForMissing: () => current.current?.askForMissing()
  }
}
