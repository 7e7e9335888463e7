import { describe, expect, test } from 'vitest'
import { joinPath, pathParts } from './path-parts.ts'

describe('a breadcrumb', () => {
  test('leads from the root of a POSIX path to its folder', () => {
    expect(pathParts('/home/ada/Slides')).toEqual([
      { name: '/', path: '/' },
      { name: 'home', path: '/home' },
      { name: 'ada', path: '/home/ada' },
      { name: 'Slides', path: '/home/ada/Slides' }
    ])
  })

  test('is the root alone at the root', () => {
    expect(pathParts('/')).toEqual([{ name: '/', path: '/' }])
  })

  test('keeps the drive of a Windows path', () => {
    expect(pathParts('C:\\Users\\Ada')).toEqual([
      { name: 'C:', path: 'C:\\' },
      { name: 'Users', path: 'C:\\Users' },
      { name: 'Ada', path: 'C:\\Users\\Ada' }
    ])
  })

  test('takes server and share of a network path as its root', () => {
    expect(pathParts('\\\\archive\\scans\\2026').map((part) => part.path)).toEqual([
      '\\\\archive\\scans\\',
      '\\\\archive\\scans\\2026'
    ])
  })

  test('leaves a backslash in a POSIX name alone', () => {
    expect(pathParts('/data/a\\b').at(-1)).toEqual({ name: 'a\\b', path: '/data/a\\b' })
  })

  test('joins a name in the style of its folder', () => {
    expect(joinPath('/data', 'out')).toBe('/data/out')
    expect(joinPath('/', 'out')).toBe('/out')
    expect(joinPath('C:\\', 'out')).toBe('C:\\out')
  })
})
