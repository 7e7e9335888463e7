import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { EngineConnection } from '../../../src/shared/bridge.ts'
import type { LocalEvent } from '../../../src/shared/contract/local.ts'
import type { Settings } from '../../../src/shared/settings.ts'
import type { FromFake, RemoteCalls, RemoteEvent } from './remote.ts'

/** The clone with its build. */
export const root = fileURLToPath(new URL('../../..', import.meta.url))
const hook = new URL('electron-hook.ts', import.meta.url).href
const fixtureEngine = fileURLToPath(new URL('fixture-engine.ts', import.meta.url))

/** True where `npm run build` left the desktop. */
export const isBuilt = ['out/main/index.js', 'out/preload/index.cjs', 'out/renderer/index.html'].every((file) =>
  existsSync(join(root, file))
)

export interface DesktopOptions {
  args?: string[]
  env?: NodeJS.ProcessEnv
  /** The real engine of the build instead of the fixture. */
  realEngine?: boolean
}

/** The page itself, as IPC sees it. */
export const page = { url: 'microtome://app/' }

/** The built main bundle as a process of Node with a fake Electron, on folders of its own. */
export class DesktopProcess {
  readonly dir: string
  readonly dataDir: string
  readonly events: RemoteEvent[] = []
  stdout = ''
  readonly #child: ChildProcess
  readonly #calls = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  readonly exited: Promise<{ code: number | null; signal: string | null }>
  #lastId = 0
  stderr = ''

  constructor({ args = [], env = {}, realEngine = false }: DesktopOptions = {}) {
    this.dir = mkdtempSync(join(tmpdir(), 'microtome-desktop-'))
    this.dataDir = join(this.dir, 'data')
    const appPath = realEngine ? root : this.#fixtureProduct()
    const words = ['--import', hook, join(root, 'out/main/index.js'), `--data=${this.dataDir}`, ...args]
    this.#child = spawn(process.execPath, words, {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, ...this.#environment(appPath), ...env }
    })
    this.exited = new Promise((resolve) => this.#child.once('exit', (code, signal) => resolve({ code, signal })))
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text
    })
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text
    })
    this.#child.on('message', (message: FromFake) => this.#take(message))
  }

  #environment(appPath: string): NodeJS.ProcessEnv {
    return {
      FAKE_APP_PATH: appPath,
      FAKE_APP_DATA: join(this.dir, 'appdata'),
      FIXTURE_LOG: join(this.dir, 'engines.log'),
      XDG_CONFIG_HOME: join(this.dir, 'config')
    }
  }

  /** The built page and preload, with the fixture where the engine would be. */
  #fixtureProduct(): string {
    const product = join(this.dir, 'product')
    mkdirSync(join(product, 'out', 'cli'), { recursive: true })
    for (const part of ['out/renderer', 'out/preload', 'resources', 'node_modules'])
      symlinkSync(join(root, part), join(product, part), 'junction')
    writeFileSync(join(product, 'package.json'), '{"type":"module"}')
    writeFileSync(join(product, 'out/cli/main.js'), `import ${JSON.stringify(pathToFileURL(fixtureEngine).href)}\n`)
    return product
  }

  #take(message: FromFake): void {
    if ('event' in message) {
      this.events.push(message)
      return
    }
    const call = this.#calls.get(message.id)
    this.#calls.delete(message.id)
    if (message.error === undefined) call?.resolve(message.value)
    else call?.reject(new Error(message.error))
  }

  /** Asks something of the fake Electron. */
  call<C extends keyof RemoteCalls>(call: C, input: RemoteCalls[C]['input']): Promise<RemoteCalls[C]['output']> {
    this.#lastId += 1
    const id = this.#lastId
    return new Promise((resolve, reject) => {
      this.#calls.set(id, { resolve: (value) => resolve(value as RemoteCalls[C]['output']), reject })
      this.#child.send({ id, call, input })
    })
  }

  /** The first event of its kind that fits, however long ago; waits 45 s for it. */
  async event<E extends RemoteEvent['event']>(
    kind: E,
    fits: (event: Extract<RemoteEvent, { event: E }>) => boolean = () => true
  ): Promise<Extract<RemoteEvent, { event: E }>> {
    const found = () =>
      this.events.find(
        (event): event is Extract<RemoteEvent, { event: E }> => event.event === kind && fits(event as never)
      )
    await this.until(() => found() !== undefined, `there is an event "${kind}"`)
    const event = found()
    if (!event) throw new Error(`No event "${kind}".`)
    return event
  }

  /** Waits for what tells by no event; throws with all that was said. */
  async until(isSo: () => boolean | Promise<boolean>, what: string): Promise<void> {
    const deadlineMs = performance.now() + 45_000
    while (!(await isSo())) {
      if (performance.now() > deadlineMs)
        throw new Error(`Waited in vain until ${what}.\n${JSON.stringify(this.events, undefined, 1)}\n${this.stderr}`)
      await delay(10)
    }
  }

  /** What the page gets from its bridge. */
  async connection(): Promise<EngineConnection> {
    const reply = await this.call('invoke', { channel: 'connect', frame: page })
    return (reply as { value: EngineConnection }).value
  }

  async #engineUrl(path: string): Promise<string> {
    const { socketUrl } = await this.connection()
    return `${socketUrl.replace('ws:', 'http:').replace('/rpc', '')}${path}`
  }

  /** What the fixture engine was asked for, and its process. */
  async engine(): Promise<{ pid: number; calls: { what: string; input: unknown }[] }> {
    return (await fetch(await this.#engineUrl('/calls'))).json()
  }

  /** Lets the fixture engine say something. */
  async tell(told: { event?: LocalEvent; settings?: Settings }): Promise<void> {
    await fetch(await this.#engineUrl('/tell'), { method: 'POST', body: JSON.stringify(told) })
  }

  /** Address at which the fixture engine ends what it finishes; to be asked for before it is told to. */
  doneUrl(): Promise<string> {
    return this.#engineUrl('/done')
  }

  /** One line per engine that became ready: its process and its arguments. */
  startedEngines(): string[] {
    const file = join(this.dir, 'engines.log')
    return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []
  }

  kill(signal: NodeJS.Signals = 'SIGKILL'): void {
    this.#child.kill(signal)
  }

  /** Ends it with its engine, in order where it does so within 15 s, and removes its folders. */
  async remove(): Promise<void> {
    const impatience = setTimeout(() => this.kill(), 15_000)
    this.kill('SIGTERM')
    await this.exited
    clearTimeout(impatience)
    rmSync(this.dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
  }
}
