import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { temporaryFolder } from './temporary-folders.fixture.ts'

const program = fileURLToPath(new URL('./fleet-process.fixture.ts', import.meta.url))
type Event = { event: string } & Record<string, unknown>

/** A fleet in a process of its own, killed when the test ends. */
class NodeProcess {
  readonly #child: ChildProcess
  readonly #unread: Event[] = []
  #arrived = Promise.withResolvers<void>()
  nodeId = ''
  address = ''

  private constructor(child: ChildProcess) {
    this.#child = child
    if (!child.stdout) throw new Error('no stdout')
    createInterface(child.stdout).on('line', (line) => {
      this.#unread.push(JSON.parse(line))
      this.#arrived.resolve()
      this.#arrived = Promise.withResolvers()
    })
  }

  static async start(name: string, data: string, peers: string[] = []): Promise<NodeProcess> {
    const args = [program, '--data', data, '--name', name, ...peers.flatMap((peer) => ['--peer', peer])]
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    const node = new NodeProcess(child)
    const { nodeId, address } = await node.event((event) => event.event === 'ready')
    Object.assign(node, { nodeId, address })
    return node
  }

  /** The first event not yet read that fits; takes it out. */
  async event(fits: (event: Event) => boolean): Promise<Event> {
    for (;;) {
      const index = this.#unread.findIndex(fits)
      const [found] = index < 0 ? [] : this.#unread.splice(index, 1)
      if (found) return found
      await this.#arrived.promise
    }
  }

  async command(...words: string[]): Promise<unknown> {
    this.#child.stdin?.write(`${JSON.stringify(words)}\n`)
    return (await this.event((event) => event.event === 'answer')).answer
  }

  linkTo = (name: string) => this.event((event) => event.event === 'link' && event.name === name)
  linkLostTo = (name: string) => this.event((event) => event.event === 'link-lost' && event.name === name)

  async kill(): Promise<void> {
    const exited = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await exited
  }

  /** Exit code after the process ended by itself. */
  async closeAndExit(): Promise<unknown> {
    const exited = once(this.#child, 'exit')
    await this.command('close')
    return (await exited)[0]
  }
}

async function pair(member: NodeProcess, newcomer: NodeProcess): Promise<void> {
  const shown = (await newcomer.command('open')) as { code: string }
  expect(await member.command('join', newcomer.address, shown.code)).toMatchObject({ nodeId: newcomer.nodeId })
}

describe('fleets in processes of their own', () => {
  it('pair, survive a kill, remove one, and leave nothing open when they close', async () => {
    const folders = { a: temporaryFolder(), b: temporaryFolder(), c: temporaryFolder() }
    const [a, b] = await Promise.all([NodeProcess.start('a', folders.a), NodeProcess.start('b', folders.b)])
    const c = await NodeProcess.start('c', folders.c, [b.address]) // nobody tells it otherwise without mDNS
    await pair(a, b)
    await pair(a, c)
    await Promise.all([a.linkTo('b'), a.linkTo('c'), b.linkTo('a'), c.linkTo('a'), b.linkTo('c'), c.linkTo('b')])
    expect(await b.command('ask', c.nodeId)).toEqual({ sha256: 'x' })

    await b.kill()
    await Promise.all([a.linkLostTo('b'), c.linkLostTo('b')])
    const again = await NodeProcess.start('b', folders.b, [a.address])
    await Promise.all([again.linkTo('a'), again.linkTo('c'), a.linkTo('b'), c.linkTo('b')])
    expect(await a.command('ask', again.nodeId)).toEqual({ sha256: 'x' })

    await a.command('remove', c.nodeId)
    expect(await c.event((event) => event.event === 'removed')).toMatchObject({ byNodeId: a.nodeId })
    await Promise.all([again.linkLostTo('c'), a.linkLostTo('c')])
    expect([await a.command('members'), await again.command('members')]).toEqual([['b'], ['a']])
    expect(await Promise.all([a, again, c].map((node) => node.closeAndExit()))).toEqual([0, 0, 0])
  })
})
