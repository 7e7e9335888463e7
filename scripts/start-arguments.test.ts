import { expect, test } from 'vitest'
import { hasDisplay, parseStart } from './start-arguments.mjs'

test('npm start alone opens the app where it can', () => {
  expect(parseStart([])).toEqual({ mode: 'app', face: 'auto', args: [] })
})

test('--browser and --desktop force one, wherever they stand among the options of the node', () => {
  expect(parseStart(['--browser'])).toEqual({ mode: 'app', face: 'browser', args: [] })
  expect(parseStart(['--data', 'here', '--desktop'])).toEqual({
    mode: 'app',
    face: 'desktop',
    args: ['--data', 'here']
  })
})

test('a command goes to the command line with all that is its own', () => {
  expect(parseStart(['doctor', '--desktop'])).toEqual({ mode: 'cli', args: ['doctor', '--desktop'] })
  expect(parseStart(['--help'])).toEqual({ mode: 'cli', args: ['--help'] })
})

test('a display is a question on Linux only', () => {
  expect(hasDisplay('linux', {})).toBe(false)
  expect(hasDisplay('linux', { WAYLAND_DISPLAY: 'wayland-0' })).toBe(true)
  expect(hasDisplay('win32', {})).toBe(true)
})
