import { useEffect } from 'react'
import { bridge } from '../api/bridge.ts'
import { door } from '../api/client.ts'
import { chooseSources } from '../drop/index.ts'
import { useView } from '../state/view-store.ts'

/** Follows the desktop's menus and tray, and dials at once when the engine was restarted. */
export function useDesktopMenus(): void {
  useEffect(() => {
    if (!bridge) return
    const stopFollowing = bridge.onNavigate((screen) => {
      if (screen === 'add-files') void chooseSources({ folders: false })
      else useView.getState().show(screen)
    })
    const stopDialling = bridge.onEngineRestarted(() => door.dialNow())
    return () => {
      stopFollowing()
      stopDialling()
    }
  }, [])
}
