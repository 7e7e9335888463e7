import { describe, expect, it } from 'vitest'
import { FakeClock } from '../fake-clock.ts'
import { Dialler, type DialOutcome } from './dialler.ts'

const settled = () => new Promise((resolve) => setImmediate(resolve))

function setUp(outcome: () => DialOutcome = () => ({ type: 'failed' })) {
  const clock = new FakeClock()
  const dials: string[] = []
  const identified: (string | undefined)[] = []
  const state = { wanted: (_: string | undefined) => true, outcome, gate: Promise.resolve() }
  const dialler = new Dialler({
    clock,
    random: () => 0.5,
    isWanted: (nodeId) => state.wanted(nodeId),
    onIdentified: () => void identified.push(dialler.nodeAt('a:1')),
    dial: async (address) => {
      dials.push(`${address} ${clock.monotonicMs()}`)
      await state.gate
      return state.outcome()
    }
  })
  const pass = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 25) {
      clock.advance(25)
      await settled()
    }
  }
  return { clock, dials, identified, dialler, state, pass }
}

describe('dialling', () => {
  it('goes on with growing pauses, up to 2 s', async () => {
    const { dials, dialler, pass } = setUp()
    dialler.add('a:1', 'setting')
    await pass(9_000)
    const times = dials.map((dial) => Number(dial.split(' ')[1]))
    const pauses = times.slice(1).map((time, i) => time - (times[i] ?? 0))
    expect(pauses).toEqual([250, 500, 1000, 2000, 2000, 2000])
  })

  it('stops while nobody is wanted there, and begins again at once when woken', async () => {
    const { dials, dialler, pass, state, clock } = setUp(() => ({ type: 'member', nodeId: 'm' }))
    dialler.add('a:1', 'known', 'm')
    await pass(50)
    state.wanted = (nodeId) => nodeId !== 'm'
    await pass(5_000)
    const before = dials.length
    expect(clock.pendingTimers).toBe(0)
    state.wanted = () => true
    dialler.wake(true)
    await pass(50)
    expect(dials.length).toBe(before + 1)
  })

  it('tells that somebody is known once it knows who, and once for each', async () => {
    const { identified, dialler, pass, state } = setUp(() => ({ type: 'stranger', nodeId: 's' }))
    dialler.add('a:1', 'hint')
    await pass(65_000)
    expect(identified).toEqual(['s'])
    state.outcome = () => ({ type: 'member', nodeId: 'm' })
    dialler.wake(true)
    await pass(50)
    expect(identified).toEqual(['s', 'm'])
  })

  it('asks strangers again only every 30 s', async () => {
    const { dials, dialler, pass } = setUp(() => ({ type: 'stranger', nodeId: 's' }))
    dialler.add('a:1', 'hint')
    await pass(29_000)
    expect(dials).toHaveLength(1)
    expect(dialler.nodeAt('a:1')).toBe('s')
    await pass(2_000)
    expect(dials).toHaveLength(2)
  })

  it('drops an address when its last source goes', async () => {
    const { dialler, clock } = setUp()
    dialler.add('a:1', 'setting')
    dialler.add('a:1', 'hint')
    dialler.remove('a:1', 'hint')
    expect(dialler.addressesFrom('setting')).toEqual(['a:1'])
    dialler.remove('a:1', 'setting')
    expect(clock.pendingTimers).toBe(0)
  })

  it('dials 16 addresses at a time, and one of them never twice at once', async () => {
    const { dials, dialler, pass, state } = setUp()
    const { promise, resolve } = Promise.withResolvers<void>()
    state.gate = promise
    for (let i = 0; i < 40; i++) dialler.add(`a:${i}`, 'hint')
    await pass(1_000)
    dialler.wake(true)
    await pass(1_000)
    expect(dials).toHaveLength(16)
    resolve()
    await pass(1_000)
    expect(new Set(dials.map((dial) => dial.split(' ')[0])).size).toBe(40)
  })

  it('keeps 1,024 addresses, and no timer after it closed', () => {
    const { dialler, clock } = setUp()
    for (let i = 0; i < 2_000; i++) dialler.add(`a:${i}`, 'hint')
    expect(dialler.addressesFrom('hint')).toHaveLength(1024)
    dialler.close()
    dialler.add('b:1', 'setting')
    expect(clock.pendingTimers).toBe(0)
  })
})
