import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserWindow } from 'electron'
import type { NodeStatus } from '../shared/contract/local.ts'
import type { Submission } from '../shared/domain/jobs.ts'
import type { JobError } from '../shared/errors.ts'
import type { Settings } from '../shared/settings.ts'
import type { DesktopArguments } from './arguments.ts'
import type { ElectronModule } from './electron-parts.ts'
import { type EngineState, EngineWatch, openLocalClient, type Supervisor } from './engine/index.ts'
import { failureAnswer, failureQuestion } from './failure-question.ts'
import { ownLogin, startAtLogin } from './login/index.ts'
import { setMenu } from './menu/index.ts'
import { EndedSubmissions, showNotice } from './notify/index.ts'
import { ownEngine } from './own-engine.ts'
import { ownWindow } from './own-window.ts'
import { openPageDoor } from './page-door.ts'
import type { DataPlaces, ProgramPlaces } from './places.ts'
import { wakeLock } from './power/index.ts'
import { Quit } from './quit/index.ts'
import type { ShellState } from './shell-state.ts'
import { hearSystem } from './system-events.ts'
import { systemTimers } from './timers.ts'
import { type ShownTray, showTray } from './tray/index.ts'
import type { MainWindow } from './window/index.ts'

export interface DesktopParts {
  electron: ElectronModule
  words: DesktopArguments
  data: DataPlaces
  program: ProgramPlaces
}

/** Window, tray and engine of one node, wired. Electron must be ready. */
export class Desktop {
  readonly #parts: DesktopParts
  readonly #engine: Supervisor
  readonly #watch: EngineWatch
  readonly #window: MainWindow<BrowserWindow>
  readonly #tray: ShownTray
  readonly #quit: Quit
  readonly #keepAwake: (keepAwake: boolean) => void
  readonly #ended = new EndedSubmissions(Date.now())
  #state: ShellState = { engine: { kind: 'starting' }, status: undefined }
  #hasRun = false
  #isDone = false

  constructor(parts: DesktopParts) {
    const { electron, words, data, program } = parts
    this.#parts = parts
    this.#engine = ownEngine(data, program, words.serve)
    this.#watch = new EngineWatch({
      open: (door) => openLocalClient(door, systemTimers),
      timers: systemTimers,
      listener: {
        status: (status) => this.#statusChanged(status),
        submission: (submission) => this.#submissionChanged(submission),
        settings: (settings) => this.#settingsRead(settings)
      }
    })
    this.#window = ownWindow(electron, data, program)
    this.#keepAwake = wakeLock(electron.powerSaveBlocker)
    this.#quit = this.#makeQuit(electron)
    this.#tray = this.#makeTray(electron)
  }

  /** Starts the engine, and shows the window unless the start is a hidden one. */
  start(): void {
    const { electron, words, program } = this.#parts
    openPageDoor({
      electron,
      appDir: program.appDir,
      engine: this.#engine,
      visibleWindow: () => this.#window.visible
    })
    this.#setMenu(electron)
    this.#hearSystem(electron)
    this.#engine.onState((engine) => this.#engineChanged(engine))
    this.#engine.start()
    if (words.paths.length > 0) this.open(words.paths)
    else if (!words.hidden && !this.#wasOpenedAtLogin()) this.#window.show()
  }

  /** Opens the sheet with these files and folders. */
  open(paths: string[]): void {
    this.#window.send('open-paths', paths)
    this.#window.show()
  }

  #engineChanged(engine: EngineState): void {
    this.#state = { ...this.#state, engine }
    // While it ends it still has something to say, and keeps the computer awake.
    if (engine.kind !== 'ending') this.#watch.follow(engine.kind === 'running' ? engine.door : undefined)
    this.#tray.update(this.#state)
    if (engine.kind === 'given-up') void this.#askAboutFailure(engine.error)
    if (engine.kind !== 'running') return
    if (this.#hasRun) this.#window.send('engine-restarted', undefined)
    this.#hasRun = true
  }

  #statusChanged(status: NodeStatus | undefined): void {
    this.#state = { ...this.#state, status }
    this.#keepAwake(status?.keepAwake ?? false)
    this.#tray.update(this.#state)
  }

  #submissionChanged(submission: Submission): void {
    const notice = this.#ended.take(submission)
    // The page itself tells whoever looks at it.
    if (!notice || this.#window.isFocused) return
    showNotice(this.#parts.electron.Notification, notice, () => {
      this.#window.show()
      this.#window.send('navigate', 'queue')
    })
  }

  #settingsRead({ appearance, startAtLogin: isWanted }: Settings): void {
    const { electron, data, program } = this.#parts
    electron.nativeTheme.themeSource = appearance
    const { isPackaged } = electron.app
    const dataDir = data.isDefault ? undefined : data.dataDir
    const login = ownLogin({ isPackaged, appPath: program.appDir, dataDir }, process)
    startAtLogin(electron.app, login, isWanted)
  }

  #wasOpenedAtLogin(): boolean {
    const { app } = this.#parts.electron
    return process.platform === 'darwin' && app.getLoginItemSettings().wasOpenedAtLogin
  }

  async #askAboutFailure(error: JobError): Promise<void> {
    const { dialog } = this.#parts.electron
    const { response } = await dialog.showMessageBox(failureQuestion(error, this.#parts.data.logDir))
    switch (failureAnswer(response)) {
      case 'try-again':
        return this.#tryAgain()
      case 'open-log-folder':
        return this.#openLogFolder()
      case 'quit':
        return this.#quit.leave()
      case 'leave-it':
        return
    }
  }

  #tryAgain(): void {
    if (this.#engine.state.kind === 'given-up') this.#engine.start()
  }

  async #openLogFolder(): Promise<void> {
    const { data, electron } = this.#parts
    mkdirSync(data.logDir, { recursive: true, mode: 0o700 })
    await electron.shell.openPath(data.logDir)
  }

  #makeTray({ Menu, Tray }: ElectronModule): ShownTray {
    const iconDir = join(this.#parts.program.appDir, 'resources', 'tray')
    const actions = {
      show: () => this.#window.show(),
      pause: (now: boolean) => this.#askNode((client, nodeId) => client.nodes.pause({ nodeId, now })),
      resume: () => this.#askNode((client, nodeId) => client.nodes.resume({ nodeId })),
      tryAgain: () => this.#tryAgain(),
      quit: () => void this.#quit.request()
    }
    return showTray({ Menu, Tray }, { iconDir, platform: process.platform, actions }, this.#state)
  }

  #askNode(ask: (client: NonNullable<EngineWatch['client']>, nodeId: string) => Promise<unknown>): void {
    const { client } = this.#watch
    const { status } = this.#state
    if (!client || !status) return
    const { dialog } = this.#parts.electron
    ask(client, status.nodeId).catch((thrown: unknown) =>
      dialog.showErrorBox('Microtome', thrown instanceof Error ? thrown.message : String(thrown))
    )
  }

  #makeQuit({ app, dialog }: ElectronModule): Quit {
    return new Quit({
      state: () => this.#state,
      ask: async (question) => {
        const window = this.#window.visible
        const asked = window ? dialog.showMessageBox(window, question) : dialog.showMessageBox(question)
        return (await asked).response
      },
      hideWindow: () => this.#window.hide(),
      endEngine: (now) => this.#engine.end(now),
      exit: () => {
        this.#isDone = true
        this.#window.letGo()
        this.#tray.destroy()
        app.quit()
      }
    })
  }

  #setMenu({ app, Menu }: ElectronModule): void {
    const iconPath = join(this.#parts.program.appDir, 'resources', 'icon.png')
    setMenu(
      app,
      Menu,
      { platform: process.platform, iconPath },
      {
        openLogFolder: () => void this.#openLogFolder(),
        navigate: (screen) => {
          this.#window.show()
          this.#window.send('navigate', screen)
        }
      }
    )
  }

  #hearSystem({ app, powerMonitor }: ElectronModule): void {
    hearSystem(app, powerMonitor, process, {
      show: () => this.#window.show(),
      open: (paths) => this.open(paths),
      leaving: () => this.#quit.leave(),
      quitting: () => {
        if (!this.#isDone) void this.#quit.request()
        return this.#isDone
      }
    })
  }
}
