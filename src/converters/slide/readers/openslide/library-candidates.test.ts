import { join } from 'node:path'
import { expect, test } from 'vitest'
import { howToInstall } from './how-to-install.ts'
import { libraryCandidates } from './library-candidates.ts'

const places = (platform: NodeJS.Platform, setting?: string) =>
  libraryCandidates({ platform, arch: 'x64', setting, resourcesDir: 'res' }).map(({ path }) => path)
const own = (platform: string, name: string) => join('res', 'openslide', `${platform}-x64`, name)

test('The setting comes first, then the copy in resources, then what the system finds, the newer version before the older', () => {
  expect(places('linux', ' /opt/lib/libopenslide.so ')).toEqual([
    '/opt/lib/libopenslide.so',
    own('linux', 'libopenslide.so.1'),
    own('linux', 'libopenslide.so.0'),
    'libopenslide.so.1',
    'libopenslide.so.0'
  ])
})

test('Windows has its own names', () => {
  expect(places('win32', '')).toEqual([
    own('win32', 'libopenslide-1.dll'),
    own('win32', 'libopenslide-0.dll'),
    'libopenslide-1.dll',
    'libopenslide-0.dll'
  ])
})

test("macOS has its own names, and folders of Homebrew and MacPorts where its loader doesn't look", () => {
  const found = places('darwin')
  expect(found.slice(2, 4)).toEqual(['libopenslide.1.dylib', 'libopenslide.0.dylib'])
  expect(found).toContain('/opt/homebrew/lib/libopenslide.1.dylib')
})

test('Every system is told how to get it', () => {
  expect(howToInstall('linux')).toContain('"apt install libopenslide0"')
  expect(howToInstall('darwin')).toContain('"brew install openslide"')
  expect(howToInstall('win32')).toContain('libopenslide-1.dll')
  expect(howToInstall('linux', '4.0')).toContain('OpenSlide 4.0 or newer')
})
