import type { MenuItemConstructorOptions } from 'electron'
import type { TrayView } from './tray-view.ts'

/** What the tray's menu does. */
export interface TrayActions {
  show(): void
  pause(now: boolean): void
  resume(): void
  tryAgain(): void
  quit(): void
}

const separator = { type: 'separator' } as const

/** The tray's menu: the status in its first line, then what can be done. */
export function trayMenu(view: TrayView, actions: TrayActions): MenuItemConstructorOptions[] {
  return [
    { label: view.line, enabled: false },
    separator,
    { label: 'Show Microtome', click: () => actions.show() },
    ...actionItems(view, actions),
    separator,
    { label: 'Quit Microtome', click: () => actions.quit() }
  ]
}

function actionItems({ action }: TrayView, actions: TrayActions): MenuItemConstructorOptions[] {
  switch (action) {
    case 'pause':
      return [
        { label: 'Pause after what runs', click: () => actions.pause(false) },
        { label: 'Pause now', click: () => actions.pause(true) }
      ]
    case 'resume':
      return [
        { label: 'Resume', click: () => actions.resume() },
        { label: 'Pause now', click: () => actions.pause(true) }
      ]
    case 'try-again':
      return [{ label: 'Try again', click: () => actions.tryAgain() }]
    case 'none':
      return []
  }
}
