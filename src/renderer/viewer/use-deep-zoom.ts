import { type RefObject, useEffect, useMemo, useRef, useState } from 'react'
import { type DeepZoom, openDeepZoom, type ZoomSource, type ZoomView } from './deep-zoom.ts'

/** What may be asked of the picture at any time; nothing happens while it is not open. */
export type ZoomCommands = Omit<DeepZoom, 'destroy'>

/** Opens `source` in the two elements for as long as the caller is shown. `view` is undefined until it is open. */
export function useDeepZoom(
  canvas: RefObject<HTMLElement | null>,
  map: RefObject<HTMLElement | null>,
  { type, url }: ZoomSource
): { state: 'loading' | 'open' | 'failed'; view: ZoomView | undefined; zoom: ZoomCommands } {
  const [state, setState] = useState<'loading' | 'open' | 'failed'>('loading')
  const [view, setView] = useState<ZoomView>()
  const current = useRef<DeepZoom>(undefined)
  useEffect(() => {
    if (!canvas.current || !map.current) return
    let left = false
    const opening = openDeepZoom(
      canvas.current,
      map.current,
      { type, url },
      {
        onOpen: () => setState('open'),
        onView: setView,
        onFailed: () => setState('failed')
      }
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
    home: () => current.current?.home()
  }
}
