export { type ShownTray, showTray } from './show-tray.ts'
