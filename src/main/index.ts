import * as electron from 'electron'
import { startShell } from './shell.ts'

// Not awaited: Electron becomes ready only after this module has been evaluated, and the shell waits for that.
startShell(electron).catch((thrown: unknown) => {
  electron.dialog.showErrorBox('Microtome could not start', thrown instanceof Error ? thrown.message : String(thrown))
  electron.app.exit(1)
})
