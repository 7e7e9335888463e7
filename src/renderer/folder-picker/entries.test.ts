import { describe, expect, test } from 'vitest'
import { type Entry, selectEntry, visibleEntries } from './entries.ts'

function entry(name: string, isFolder = false): Entry {
  return { name, path: `/data/${name}`, isFolder }
}

const shown = ['a', 'b', 'c', 'd'].map((name) => entry(name))

describe('the entries shown', () => {
  test('are folders first, then names with their numbers in order', () => {
    const entries = [entry('slide 10.svs'), entry('slide 2.svs'), entry('Archive', true), entry('B', true)]
    expect(visibleEntries(entries, '', false).map((one) => one.name)).toEqual([
      'Archive',
      'B',
      'slide 2.svs',
      'slide 10.svs'
    ])
  })

  test('leave out hidden names, and files where a folder is to be chosen', () => {
    const entries = [entry('.cache', true), entry('photo.jpg'), entry('Results', true)]
    expect(visibleEntries(entries, '', true).map((one) => one.name)).toEqual(['Results'])
  })

  test('match the filter in any case', () => {
    expect(visibleEntries([entry('Kidney.svs'), entry('liver.svs')], ' KID ', false)).toHaveLength(1)
  })
})

describe('a selection', () => {
  test('is one entry after a plain click', () => {
    expect([...selectEntry(new Set(['/data/a']), shown, '/data/b', { mode: 'plain' })]).toEqual(['/data/b'])
  })

  test('grows and shrinks with Ctrl', () => {
    const two = selectEntry(new Set(['/data/a']), shown, '/data/c', { mode: 'toggle' })
    expect([...two]).toEqual(['/data/a', '/data/c'])
    expect([...selectEntry(two, shown, '/data/a', { mode: 'toggle' })]).toEqual(['/data/c'])
  })

  test('runs from the anchor in either direction with Shift', () => {
    const up = selectEntry(new Set(), shown, '/data/a', { mode: 'range', anchor: '/data/c' })
    expect([...up]).toEqual(['/data/a', '/data/b', '/data/c'])
  })

  test('begins anew where the anchor is no longer shown', () => {
    expect([...selectEntry(new Set(), shown, '/data/b', { mode: 'range', anchor: '/gone' })]).toEqual(['/data/b'])
  })
})
