export { MainWindow } from './main-window.ts'
export { windowOptions } from './window-options.ts'
export { onScreen, readPlace, writePlace } from './window-place.ts'
