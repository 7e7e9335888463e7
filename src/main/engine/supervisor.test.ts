import { beforeEach, describe, expect, test } from 'vitest'
import type { JobError } from '../../shared/errors.ts'
import { MicrotomeError } from '../../shared/errors.ts'
import { FakeTimers } from '../testing/fake-timers.ts'
import type { EngineDoor } from './engine-door.ts'
import type { EngineEnd, EngineProcess } from './engine-process.ts'
import type { EngineState } from './engine-state.ts'
import { Supervisor } from './supervisor.ts'

const door: EngineDoor = { httpUrl: 'http://127.0.0.1:1', socketUrl: 'ws://127.0.0.1:1/rpc', token: 't' }

class FakeEngine implements EngineProcess {
  readonly isOurs: boolean
  readonly #ready = Promise.withResolvers<EngineDoor>()
  readonly #ended = Promise.withResolvers<EngineEnd>()
  readonly ready = this.#ready.promise
  readonly ended = this.#ended.promise
  readonly done: string[] = []

  constructor(isOurs: boolean) {
    this.isOurs = isOurs
  }

  async becomeReady(): Promise<void> {
    this.#ready.resolve(door)
    await settled()
  }

  async die(error?: JobError): Promise<void> {
    this.#ended.resolve({
      code: error ? 1 : null,
      signal: error ? null : 'SIGKILL',
      error,
      lastWords: 'a\nout of memory\n'
    })
    await settled()
  }

  disconnect(): void {
    this.done.push('disconnect')
  }

  kill(): void {
    this.done.push('kill')
  }
}

/** Promises that are settled have been heard of. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

const taken: JobError = { code: 'already-running', class: 'node', message: 'Another holds it.' }

describe('the supervisor', () => {
  let timers: FakeTimers
  let started: FakeEngine[]
  let asked: boolean[]
  let states: EngineState['kind'][]
  let joinable: FakeEngine | undefined
  let supervisor: Supervisor

  beforeEach(() => {
    timers = new FakeTimers()
    started = []
    asked = []
    states = []
    joinable = undefined
    supervisor = new Supervisor({
      timers,
      launch: async () => {
        const engine = new FakeEngine(true)
        started.push(engine)
        return engine
      },
      join: async () => {
        if (!joinable) throw new MicrotomeError(taken)
        return joinable
      },
      askToEnd: async (_door, now) => void asked.push(now)
    })
    supervisor.onState((state) => states.push(state.kind))
  })

  async function startOne(): Promise<FakeEngine> {
    supervisor.start()
    await settled()
    return latest()
  }

  function latest(): FakeEngine {
    const engine = started.at(-1)
    if (!engine) throw new Error('No engine was started.')
    return engine
  }

  async function crash(): Promise<void> {
    await latest().die()
    timers.advance(timers.nextMs ?? 0)
    await settled()
  }

  test('hands out the door once the engine is ready', async () => {
    const engine = await startOne()
    const promised = supervisor.door()
    await engine.becomeReady()
    await expect(promised).resolves.toEqual(door)
    expect(states).toEqual(['starting', 'running'])
  })

  test('restarts an engine that died at once, and one that dies again after a growing while', async () => {
    await startOne()
    const delays: (number | undefined)[] = []
    for (let crashes = 1; crashes <= 4; crashes += 1) {
      await latest().die()
      delays.push(timers.nextMs)
      timers.advance(timers.nextMs ?? 0)
      await settled()
    }
    expect(delays).toEqual([0, 1000, 2000, 4000])
    expect(started).toHaveLength(5)
  })

  test('gives up after five crashes within a minute, and says why', async () => {
    await startOne()
    for (let crashes = 1; crashes <= 4; crashes += 1) await crash()
    await latest().die({ code: 'data-folder', class: 'node', message: 'The data folder is read-only.' })
    expect(supervisor.state).toEqual({
      kind: 'given-up',
      error: { code: 'data-folder', class: 'node', message: 'The data folder is read-only.' }
    })
    await expect(supervisor.door()).rejects.toThrow('read-only')
    expect(timers.nextMs).toBeUndefined()
  })

  test('tells how an engine ended that said nothing of it, and its last line', async () => {
    await startOne()
    for (let crashes = 1; crashes <= 5; crashes += 1) await crash()
    expect(supervisor.state).toMatchObject({
      error: {
        code: 'engine-crashed',
        message: expect.stringContaining('SIGKILL'),
        hint: expect.stringContaining('out of memory')
      }
    })
  })

  test('forgets crashes that are more than a minute old', async () => {
    await startOne()
    for (let crashes = 1; crashes <= 12; crashes += 1) {
      timers.advance(20_000)
      await crash()
    }
    expect(supervisor.state.kind).toBe('starting')
  })

  test('starts anew when it is told to after giving up', async () => {
    await startOne()
    for (let crashes = 1; crashes <= 5; crashes += 1) await crash()
    expect(supervisor.state.kind).toBe('given-up')
    const engine = await startOne()
    await engine.becomeReady()
    expect(supervisor.state.kind).toBe('running')
  })

  test('joins the engine of somebody else that holds the data folder, and leaves it alive', async () => {
    joinable = new FakeEngine(false)
    const engine = await startOne()
    await engine.die(taken)
    timers.advance(0)
    await joinable.becomeReady()
    expect(supervisor.state).toEqual({ kind: 'running', door, isOurs: false })
    await supervisor.end(true)
    expect([joinable.done, asked]).toEqual([['disconnect'], []])
  })

  test('starts an engine of its own when the one that it joined has gone', async () => {
    joinable = new FakeEngine(false)
    await (await startOne()).die(taken)
    timers.advance(0)
    await settled()
    await joinable.die()
    timers.advance(timers.nextMs ?? 0)
    await settled()
    expect(started).toHaveLength(2)
  })

  test('says that another holds the folder where that one never answers', async () => {
    await startOne()
    for (let tries = 1; tries <= 5 && supervisor.state.kind !== 'given-up'; tries += 1) {
      await latest().die(taken)
      timers.advance(timers.nextMs ?? 0)
      await settled()
      timers.advance(timers.nextMs ?? 0)
      await settled()
    }
    expect(supervisor.state).toMatchObject({ kind: 'given-up', error: { code: 'already-running' } })
  })

  test('gives up at once where there is nothing to start', async () => {
    const nothing = new Supervisor({
      timers,
      launch: async () => {
        throw new MicrotomeError({ code: 'no-node', class: 'node', message: 'There is no Node.' })
      },
      join: () => Promise.reject(new Error('unused')),
      askToEnd: async () => undefined
    })
    nothing.start()
    await settled()
    expect(nothing.state).toMatchObject({ kind: 'given-up', error: { code: 'no-node' } })
  })

  test('asks the engine to end and waits for it, starting none in its place', async () => {
    const engine = await startOne()
    await engine.becomeReady()
    const ended = supervisor.end(false)
    expect(asked).toEqual([false])
    expect(timers.nextMs).toBeUndefined()
    await engine.die()
    await ended
    expect([supervisor.state.kind, started.length, engine.done]).toEqual(['ended', 1, []])
    await expect(supervisor.door()).rejects.toThrow('quitting')
  })

  test('closes the channel, then kills an engine that was to end at once and does not', async () => {
    const engine = await startOne()
    await engine.becomeReady()
    const ended = supervisor.end(true)
    timers.advance(15_000)
    expect(engine.done).toEqual(['disconnect'])
    timers.advance(5_000)
    expect(engine.done).toEqual(['disconnect', 'kill'])
    await engine.die()
    await ended
    expect(timers.nextMs).toBeUndefined()
  })

  test('cuts finishing short when it is asked to end at once after all', async () => {
    const engine = await startOne()
    await engine.becomeReady()
    const both = Promise.all([supervisor.end(false), supervisor.end(true)])
    expect(asked).toEqual([false, true])
    await engine.die()
    await both
    expect(supervisor.state.kind).toBe('ended')
  })

  test('closes the channel of an engine that is not ready yet', async () => {
    const engine = await startOne()
    const ended = supervisor.end(true)
    expect([engine.done, asked]).toEqual([['disconnect'], []])
    await engine.die()
    await ended
  })

  test('starts nothing more when it is ended between two tries', async () => {
    await (await startOne()).die()
    await supervisor.end(true)
    expect(timers.nextMs).toBeUndefined()
    expect(started).toHaveLength(1)
  })
})
