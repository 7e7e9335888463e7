import type { DesktopBridge } from '../../shared/bridge.ts'

declare global {
  interface Window {
    readonly microtome?: DesktopBridge<File>
  }
}

/** The desktop's bridge; undefined in a plain browser. */
export const bridge: DesktopBridge<File> | undefined = window.microtome
