/** What the test asks of the fake Electron, over the IPC channel of its process. */
export interface RemoteCalls {
  /** A request of the page's protocol, as Chromium makes it. */
  fetch: {
    input: { url: string; headers?: Record<string, string> }
    output: { status: number; headers: Record<string, string>; text: string }
  }
  /** A request of the page's preload. */
  invoke: {
    input: { channel: string; input?: unknown; frame: { url: string; isInner?: boolean } | null }
    output: unknown
  }
  /** Clicks an item of the tray's or the application's menu. */
  click: { input: { menu: 'tray' | 'app'; label: string }; output: undefined }
  /** Quits, as the menu's role does. */
  quit: { input: undefined; output: undefined }
  /** Emits an event of Electron's app. */
  emit: { input: { event: string; args: unknown[] }; output: undefined }
  /** Closes the window, as the cross in its frame does. */
  closeWindow: { input: undefined; output: undefined }
  /** The answers of the next message boxes; without one they stay open. */
  answers: { input: number[]; output: undefined }
  /** How things are now. */
  state: { input: undefined; output: FakeState }
}

export interface FakeState {
  tray: { icon: string; tip: string; labels: string[] } | undefined
  windows: { isVisible: boolean }[]
  blockers: number
  themeSource: string
}

/** What the fake Electron tells, in the order in which it happens. */
export type RemoteEvent =
  | { event: 'window'; options: Record<string, unknown> }
  | { event: 'load'; url: string }
  | { event: 'sent'; channel: string; payload: unknown }
  | { event: 'notification'; title: string; body: string }
  | { event: 'question'; message: string; detail: string; buttons: string[] }
  | { event: 'called'; what: string; with: unknown }
  | { event: 'tray'; icon: string; tip: string }
  | { event: 'exit'; code: number }

export type ToFake = { id: number; call: keyof RemoteCalls; input: unknown }
export type FromFake = { id: number; value?: unknown; error?: string } | RemoteEvent
