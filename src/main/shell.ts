import { mkdtempSync, rmSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DesktopArguments, readArguments } from './arguments.ts'
import { Desktop } from './desktop.ts'
import { runDoctor } from './doctor/index.ts'
import type { ElectronModule } from './electron-parts.ts'
import { findNode } from './engine/index.ts'
import { holdInPlace, pageUrl, registerPageScheme, ruleSession, servePage } from './page/index.ts'
import { type DataPlaces, dataPlaces, type ProgramPlaces, programPlaces } from './places.ts'
import { showTray } from './tray/index.ts'
import { windowOptions } from './window/index.ts'

/** As in electron-builder.yml: Windows shows notifications only of programs that it knows by this name. */
const appUserModelId = 'app.microtome.desktop'

/** Starts the desktop; in a second instance tells the first one and ends. What must come before `ready` comes before the first await. */
export async function startShell(electron: ElectronModule): Promise<void> {
  const { app, protocol } = electron
  const { platform, env, resourcesPath } = process
  const words = readArguments(process.argv.slice(1), { cwd: process.cwd(), isPackaged: app.isPackaged })
  const data = dataPlaces(words.dataDir, app.getPath('appData'), { platform, homeDir: homedir(), env })
  const program = programPlaces({ isPackaged: app.isPackaged, appPath: app.getAppPath(), resourcesPath })
  registerPageScheme(protocol)
  app.enableSandbox()
  app.setAppUserModelId(appUserModelId)
  app.on('web-contents-created', (_event, contents) => holdInPlace(contents, (url) => electron.shell.openExternal(url)))
  if (words.doctor) return examine(electron, program)
  app.setPath('userData', data.userDataDir)
  if (app.requestSingleInstanceLock({ paths: words.paths, hidden: words.hidden }))
    await run(electron, words, data, program)
  else app.exit(0)
}

async function run(
  electron: ElectronModule,
  words: DesktopArguments,
  data: DataPlaces,
  program: ProgramPlaces
): Promise<void> {
  const handedOver = filesBeforeReady(electron.app)
  await electron.app.whenReady()
  ruleSession(electron.session.defaultSession)
  const desktop = new Desktop({ electron, words, data, program })
  desktop.start()
  handedOver.deliverTo((paths) => desktop.open(paths))
}

/** macOS hands over the files that it was started with before the program is ready. */
function filesBeforeReady(app: ElectronModule['app']): { deliverTo(take: (paths: string[]) => void): void } {
  let early: string[] = []
  let deliver = (path: string): void => void early.push(path)
  app.on('open-file', (event, path) => {
    event.preventDefault()
    deliver(path)
  })
  return {
    deliverTo(take) {
      if (early.length > 0) take(early)
      early = []
      deliver = (path) => take([path])
    }
  }
}

/** `--doctor`: in a folder of its own, so that it neither disturbs nor joins a Microtome that runs. */
async function examine(electron: ElectronModule, { appDir, engineDir }: ProgramPlaces): Promise<void> {
  const { app, BrowserWindow, Menu, Tray, protocol, session } = electron
  const { arch, env, platform, versions } = process
  const folder = mkdtempSync(join(tmpdir(), 'microtome-doctor-'))
  app.setPath('userData', folder)
  await app.whenReady()
  ruleSession(session.defaultSession)
  servePage(protocol, { pageDir: join(appDir, 'out', 'renderer'), door: () => undefined })
  const preload = join(appDir, 'out', 'preload', 'index.cjs')
  const look = { preload, place: undefined, isDark: false, icon: undefined, devTools: false }
  const actions = { show() {}, pause() {}, resume() {}, tryAgain() {}, quit() {} }
  const tray = { iconDir: join(appDir, 'resources', 'tray'), platform, actions }
  const isWell = await runDoctor({
    versions,
    findNode: () => findNode({ platform, arch, root: engineDir, path: env.PATH }),
    createWindow: (options) => new BrowserWindow(options),
    windowOptions: windowOptions(look),
    url: pageUrl,
    showTray: () => showTray({ Tray, Menu }, tray, { engine: { kind: 'starting' }, status: undefined }),
    say: (step) => process.stdout.write(`${JSON.stringify(step)}\n`)
  })
  // Chromium may still write into it; what stays is in the system's folder for such.
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  await new Promise<void>((resolve) => process.stdout.write('', () => resolve()))
  app.exit(isWell ? 0 : 1)
}
