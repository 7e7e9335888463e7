import { useEffect } from 'react'
import type { ZoomCommands } from './use-deep-zoom.ts'

const step = 0.15

/** Arrows move, + and - zoom, 0 fits, 1 shows it pixel for pixel; wherever the focus is, except in menus and fields. */
export function useZoomKeys(zoom: ZoomCommands): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || belongsElsewhere(event.target)) return
      if (act(zoom, event.key)) event.preventDefault()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [zoom])
}

function belongsElsewhere(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input, textarea, [role="menu"]') !== null
}

function act(zoom: ZoomCommands, key: string): boolean {
  switch (key) {
    case 'ArrowLeft':
      zoom.panBy(-step, 0)
      return true
    case 'ArrowRight':
      zoom.panBy(step, 0)
      return true
    case 'ArrowUp':
      zoom.panBy(0, -step)
      return true
    case 'ArrowDown':
      zoom.panBy(0, step)
      return true
    case '+':
    case '=':
      zoom.zoomBy(1.5)
      return true
    case '-':
      zoom.zoomBy(1 / 1.5)
      return true
    case '0':
      zoom.home()
      return true
    case '1':
      zoom.zoomTo(1)
      return true
    default:
      return false
  }
}
