/** Where and how the page reaches its engine on the desktop; the token is of this start only. */
export interface EngineConnection {
  /** `ws://127.0.0.1:<port>/rpc` */
  socketUrl: string
  token: string
}

/** What a menu item or the tray asks the page for; the last two open the dialog for sources. */
export type Screen = 'queue' | 'nodes' | 'settings' | 'add-files' | 'add-folder'

/**
 * What a page can't do itself; the preload exposes it as `window.microtome`, a plain browser has none.
 * Files come as DOM `File` objects; `shared` knows no DOM, hence the type parameter.
 */
export interface DesktopBridge<DomFile = unknown> {
  readonly platform: 'win32' | 'darwin' | 'linux'
  connect(): Promise<EngineConnection>
  /** Called after the engine was restarted (its port and token changed); answers how to stop listening. */
  onEngineRestarted(listener: () => void): () => void
  /** Absolute path of a dropped or picked file or folder; empty where it has none. */
  pathOf(file: DomFile): string
  /** Native dialog for files and folders; empty when dismissed. */
  chooseSources(options: { folders: boolean }): Promise<string[]>
  chooseFolder(options: { title: string; defaultPath?: string }): Promise<string | undefined>
  showInFolder(path: string): Promise<void>
  openPath(path: string): Promise<void>
  /** Called when a menu item or the tray asks for a screen. */
  onNavigate(listener: (screen: Screen) => void): () => void
  /** Called with files and folders that the system or a second start hands over; what came earlier comes at once. */
  onOpenPaths(listener: (paths: string[]) => void): () => void
}
