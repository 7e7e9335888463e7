import type { MessageBoxOptions } from 'electron'
import { beforeEach, describe, expect, test } from 'vitest'
import type { ShellState } from '../shell-state.ts'
import { runningEngine, sampleCounts, sampleStatus } from '../testing/samples.ts'
import { Quit } from './quit.ts'

const [finish, giveBack, cancel] = [0, 1, 2]
const busy: ShellState = {
  engine: runningEngine,
  status: sampleStatus({ worker: 'working', counts: sampleCounts({ running: 2, queued: 5 }) })
}
const idle: ShellState = { engine: runningEngine, status: sampleStatus() }

describe('quitting', () => {
  let state: ShellState
  let asked: MessageBoxOptions[]
  let answers: number[]
  let done: string[]
  let engineGone: () => void
  let quit: Quit

  beforeEach(() => {
    state = busy
    asked = []
    answers = []
    done = []
    const gone = Promise.withResolvers<void>()
    engineGone = gone.resolve
    quit = new Quit({
      state: () => state,
      async ask(question) {
        asked.push(question)
        return answers.shift() ?? cancel
      },
      hideWindow: () => done.push('hide'),
      endEngine(now) {
        done.push(now ? 'give back' : 'drain')
        return gone.promise
      },
      exit: () => done.push('exit')
    })
  })

  const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

  test('asks nothing while nothing runs', async () => {
    state = idle
    await quit.request()
    engineGone()
    await settled()
    expect([asked, done]).toEqual([[], ['give back', 'exit']])
  })

  test('asks nothing for an engine that goes on without us, or that does not run', async () => {
    state = { ...busy, engine: { ...runningEngine, kind: 'running', isOurs: false } as ShellState['engine'] }
    await quit.request()
    expect(asked).toEqual([])
  })

  test('asks while work runs, also work for others, and says how much', async () => {
    state = { ...busy, status: sampleStatus({ worker: 'working' }) }
    await quit.request()
    state = busy
    await quit.request()
    expect(asked).toHaveLength(2)
    expect(asked[1]?.detail).toContain('2 running, 5 waiting')
    expect(asked[1]?.buttons).toEqual(['Finish in the background', 'Give back and quit', 'Cancel'])
  })

  test('goes on as if nothing had been asked after Cancel', async () => {
    await quit.request()
    expect(done).toEqual([])
    await quit.request()
    expect(asked).toHaveLength(2)
  })

  test('finishes in the background without a window, then exits', async () => {
    answers = [finish]
    await quit.request()
    expect(done).toEqual(['hide', 'drain'])
    engineGone()
    await settled()
    expect(done).toEqual(['hide', 'drain', 'exit'])
  })

  test('gives back and exits when told so', async () => {
    answers = [giveBack]
    await quit.request()
    engineGone()
    await settled()
    expect(done).toEqual(['give back', 'exit'])
  })

  test('can be told to give back after all while it finishes, and exits once', async () => {
    answers = [finish, finish, giveBack]
    await quit.request()
    await quit.request()
    await quit.request()
    expect(done).toEqual(['hide', 'drain', 'hide', 'give back'])
    engineGone()
    await settled()
    expect(done.filter((what) => what === 'exit')).toHaveLength(1)
  })

  test('asks one question at a time', async () => {
    const both = Promise.all([quit.request(), quit.request()])
    await both
    expect(asked).toHaveLength(1)
  })

  test('asks nothing when the session ends', async () => {
    quit.leave()
    quit.leave()
    engineGone()
    await settled()
    expect([asked, done]).toEqual([[], ['give back', 'exit']])
  })
})
