import { useEffect, useRef } from 'react'

/** Gives the focus back to whatever had it before the caller was first drawn. */
export function useFocusReturn(): void {
  const before = useRef(document.activeElement)
  useEffect(
    () => () => {
      const element = before.current
      if (element instanceof HTMLElement && element.isConnected) element.focus({ preventScroll: true })
    },
    []
  )
}
