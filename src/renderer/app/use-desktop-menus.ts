import { useEffect } from 'react'
import { bridge } from '../api/bridge.ts'
import { door } from '../api/client.ts'
import { chooseSources, takePaths } from '../drop/index.ts'
import { useView } from '../state/view-store.ts'

/** Follows the desktop's menus and tray, takes files that the system hands over, and dials at once when the engine was restarted. */
export function useDesktopMenus(): void {
  useEffect(() => {
    if (!bridge) return
    const stopFollowing = bridge.onNavigate((screen) => {
      if (screen === 'add-files' || screen === 'add-folder') void chooseSources({ folders: screen === 'add-folder' })
      else useView.getState().show(screen)
    })
    const stopTaking = bridge.onOpenPaths((paths) => void takePaths(paths))
    const stopDialling = bridge.onEngineRestarted(() => door.dialNow())
    return () => {
      stopFollowing()
      stopTaking()
      stopDialling()
    }
  }, [])
}
