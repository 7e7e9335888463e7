import { useSyncExternalStore } from 'react'

/** Fills the screen with the window, or gives it back. The whole page, so that menus and notes stay visible. */
export function toggleFullScreen(): void {
  const asked = document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()
  // A browser may refuse it (a policy, a kiosk); the picture is as large as the window then, which is no failure.
  asked.catch(() => undefined)
}

/** Whether the page fills the screen now. */
export function useFullScreen(): boolean {
  return useSyncExternalStore(
    (changed) => {
      document.addEventListener('fullscreenchange', changed)
      return () => document.removeEventListener('fullscreenchange', changed)
    },
    () => document.fullscreenElement !== null
  )
}
