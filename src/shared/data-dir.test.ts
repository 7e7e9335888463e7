import { expect, test } from 'vitest'
import { defaultDataDir } from './data-dir.ts'

test('each platform keeps the data where it keeps those of other programs', () => {
  const at = (platform: string, homeDir: string, env = {}) => defaultDataDir({ platform, homeDir, env })
  expect(at('linux', '/home/ann')).toBe('/home/ann/.local/share/microtome')
  expect(at('linux', '/home/ann', { XDG_DATA_HOME: '/data' })).toBe('/data/microtome')
  expect(at('darwin', '/Users/ann')).toBe('/Users/ann/Library/Application Support/microtome')
  expect(at('win32', 'C:\\Users\\ann')).toBe('C:\\Users\\ann\\AppData\\Local\\microtome\\Data')
  expect(at('win32', 'C:\\Users\\ann', { LOCALAPPDATA: 'D:\\L' })).toBe('D:\\L\\microtome\\Data')
})

test('MICROTOME_DATA beats the platform', () => {
  expect(defaultDataDir({ platform: 'linux', homeDir: '/home/ann', env: { MICROTOME_DATA: '/srv/lab' } })).toBe(
    '/srv/lab'
  )
})
