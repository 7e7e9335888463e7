import { describe, expect, test } from 'vitest'
import type { NodeView } from '../../shared/domain/nodes.ts'
import { inOrder, stateLook, whyNoWork } from './node-state.ts'

function node(name: string, change: Partial<NodeView> = {}): NodeView {
  return {
    nodeId: name,
    name,
    isSelf: false,
    state: 'idle',
    reason: '',
    slots: 2,
    busy: 0,
    class: 'desktop',
    profiles: [],
    running: [],
    recentFailures: 0,
    ...change
  }
}

describe('the order of computers', () => {
  test('is this one first, then by name, the offline ones last', () => {
    const nodes = [
      node('a-offline', { state: 'offline' }),
      node('room 10'),
      node('room 2', { state: 'working' }),
      node('z-self', { isSelf: true, state: 'paused' })
    ]
    expect(inOrder(nodes).map((one) => one.name)).toEqual(['z-self', 'room 2', 'room 10', 'a-offline'])
  })

  test('does not change when a task begins or ends', () => {
    const before = inOrder([node('a'), node('b', { state: 'working' })]).map((one) => one.name)
    const after = inOrder([node('a', { state: 'working' }), node('b')]).map((one) => one.name)
    expect(after).toEqual(before)
  })
})

describe('why a computer gets no work', () => {
  test('is not said of one that works', () => {
    expect(whyNoWork(node('a', { state: 'working' }))).toBeUndefined()
  })

  test('is what the computer itself said, where it did', () => {
    expect(whyNoWork(node('a', { state: 'unavailable', reason: 'It runs on battery.' }))).toBe('It runs on battery.')
  })

  test('names its failures before anything else', () => {
    expect(whyNoWork(node('a', { recentFailures: 4, reason: 'x' }))).toContain('4 tasks failed')
  })

  test('is said for every state that takes nothing', () => {
    for (const state of ['offline', 'incompatible', 'paused', 'pausing', 'unavailable'] as const)
      expect(whyNoWork(node('a', { state }))).toMatch(/\.$/)
  })
})

test('every state has a word of its own', () => {
  const states = ['idle', 'working', 'pausing', 'paused', 'unavailable', 'offline', 'incompatible'] as const
  expect(new Set(states.map((state) => stateLook(state).word)).size).toBe(states.length)
})
