import type { Notification, NotificationConstructorOptions } from 'electron'
import type { Listens } from '../electron-parts.ts'
import type { Notice } from './submission-ended.ts'

/** Electron's class, as much of it as is needed here. */
export type NotificationClass = {
  new (options: NotificationConstructorOptions): Pick<Notification, 'show'> & Listens<'click'> & Listens<'close'>
  isSupported(): boolean
}

/** Electron's notifications vanish with their object: each is held until it is clicked or closed. */
const shown = new Set<object>()

/** Shows a notice of the system, where it has such; a click calls `open`. */
export function showNotice(Notification: NotificationClass, notice: Notice, open: () => void): void {
  if (!Notification.isSupported()) return
  const notification = new Notification({ ...notice, silent: true })
  shown.add(notification)
  notification.on('click', () => {
    shown.delete(notification)
    open()
  })
  notification.on('close', () => void shown.delete(notification))
  notification.show()
}
