import { describe, expect, it } from 'vitest'
import { FakeClock } from '../fake-clock.ts'
import { ConnectionBudget } from './connection-budget.ts'

describe('the budget of strangers', () => {
  it('holds 16 connections of one address and 64 in all', () => {
    const budget = new ConnectionBudget(new FakeClock())
    const leaves = Array.from({ length: 16 }, () => budget.enter('a'))
    expect(leaves.every(Boolean)).toBe(true)
    expect(budget.enter('a')).toBeUndefined()
    for (let i = 0; i < 48; i++) expect(budget.enter(`b${i}`)).toBeDefined()
    expect(budget.enter('c')).toBeUndefined()
    leaves[0]?.(false)
    leaves[0]?.(false)
    expect(budget.enter('c')).toBeDefined()
    expect(budget.enter('d')).toBeUndefined()
  })

  it('grants 40 handshakes in a row, then 10 a second', () => {
    const clock = new FakeClock()
    const budget = new ConnectionBudget(clock)
    const granted = (count: number) => {
      let entered = 0
      for (let i = 0; i < count; i++) {
        const leave = budget.enter('a')
        if (leave) entered++
        leave?.(false)
      }
      return entered
    }
    expect(granted(100)).toBe(40)
    clock.advance(1_000)
    expect(granted(100)).toBe(10)
  })

  it('charges members nothing', () => {
    const budget = new ConnectionBudget(new FakeClock())
    for (let i = 0; i < 1_000; i++) {
      const leave = budget.enter('a')
      expect(leave).toBeDefined()
      leave?.(true)
    }
  })

  it('forgets addresses, but not those that are connected', () => {
    const budget = new ConnectionBudget(new FakeClock())
    for (let i = 0; i < 16; i++) budget.enter('busy')
    for (let i = 0; i < 5_000; i++) budget.enter(`x${i}`)?.(false)
    expect(budget.enter('busy')).toBeUndefined()
  })
})
