import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

const program = fileURLToPath(new URL('./discovery-process.fixture.ts', import.meta.url))
/** What a careless library would give away. */
export const SECRET_HOST_NAME = 'pathology-pc-7'

const ip = (...words: string[]) => execFileSync('ip', words, { stdio: 'pipe' })
const inNamespace = (namespace: string, ...words: string[]) => ip('netns', 'exec', namespace, ...words)

/** Why network namespaces can't be made here; undefined where they can. */
export function whyNoNamespaces(): string | undefined {
  const probe = `mt-probe-${process.pid}`
  try {
    ip('netns', 'add', probe)
    try {
      ip('-n', probe, 'link', 'add', 'probe0', 'type', 'veth', 'peer', 'name', 'probe1')
      inNamespace(probe, 'unshare', '--uts', 'true')
    } finally {
      ip('netns', 'del', probe)
    }
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message.trim().split('\n').at(-1) : String(error)
  }
}

type Event = { event: string; nearby?: { host: string; port: number }[]; from?: string; text?: string }

/** A program in a namespace, and what it says. */
export class NamespaceProcess {
  readonly said: Event[] = []
  readonly #child: ChildProcess
  #more = Promise.withResolvers<void>()

  constructor(namespace: string, ...args: string[]) {
    const run = `hostname ${SECRET_HOST_NAME} && exec "$@"`
    const command = ['unshare', '--uts', 'sh', '-c', run, 'sh', process.execPath, program, ...args]
    this.#child = spawn('ip', ['netns', 'exec', namespace, ...command], { stdio: ['ignore', 'pipe', 'inherit'] })
    if (!this.#child.stdout) throw new Error('no stdout')
    createInterface(this.#child.stdout).on('line', (line) => {
      this.said.push(JSON.parse(line))
      this.#more.resolve()
      this.#more = Promise.withResolvers()
    })
    onTestFinished(() => this.#end('SIGKILL'))
  }

  /** Waits until what was said satisfies. */
  async until(holds: (said: Event[]) => boolean): Promise<void> {
    while (!holds(this.said)) await this.#more.promise
  }

  ready(): Promise<void> {
    return this.until((said) => said.some(({ event }) => event === 'ready'))
  }

  /** Waits until these `host:port` are nearby, and nothing else. */
  finds(...addresses: string[]): Promise<void> {
    return this.until((said) => {
      const last = said.findLast(({ event }) => event === 'nearby')
      const found = last?.nearby?.map(({ host, port }) => `${host}:${port}`) ?? []
      return found.sort().join() === addresses.sort().join()
    })
  }

  close(): Promise<void> {
    return this.#end('SIGTERM')
  }

  #end(signal: NodeJS.Signals): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return Promise.resolve()
    const exited = new Promise<void>((resolve) => this.#child.once('exit', () => resolve()))
    this.#child.kill(signal)
    return exited
  }
}

/** Namespaces on one bridge, the nth with 10.77.0.n/24 on `eth0` and a default route; gone when the test ends. */
export function connectNamespaces(count: number): { name: string; address: string }[] {
  const bridge = `mt-${process.pid}-br`
  const made: string[] = []
  const make = (name: string) => {
    ip('netns', 'add', name)
    made.push(name)
    ip('-n', name, 'link', 'set', 'lo', 'up')
  }
  onTestFinished(() => {
    for (const name of made) ip('netns', 'del', name)
  })
  make(bridge)
  ip('-n', bridge, 'link', 'add', 'br0', 'type', 'bridge')
  ip('-n', bridge, 'link', 'set', 'br0', 'up')
  return Array.from({ length: count }, (_, index) => {
    const [name, port] = [`mt-${process.pid}-${index + 1}`, `port${index + 1}`]
    make(name)
    ip('-n', bridge, 'link', 'add', port, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name)
    ip('-n', bridge, 'link', 'set', port, 'master', 'br0', 'up')
    ip('-n', name, 'addr', 'add', `10.77.0.${index + 1}/24`, 'dev', 'eth0')
    setLink(name, 'up')
    return { name, address: `10.77.0.${index + 1}` }
  })
}

export function setLink(namespace: string, state: 'up' | 'down'): void {
  ip('-n', namespace, 'link', 'set', 'eth0', state)
  if (state === 'up') ip('-n', namespace, 'route', 'replace', 'default', 'via', '10.77.0.254')
}
