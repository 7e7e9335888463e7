import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { placesOf } from './services-source.ts'

let dir: string

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'microtome-places-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const saying = (name: string) => JSON.stringify({ servers: [{ id: 9, name }] })
const module = new URL('./services-source.ts', import.meta.url).href

/** Whose configuration counts, as more and more of the places lose their file. */
const program = (dataDir: string, named: string) => `
  import { rmSync } from 'node:fs'
  import { servicesSource } from ${JSON.stringify(module)}
  const first = async (file) => (await servicesSource(${JSON.stringify(dataDir)}, file).read()).config.servers[0].name
  const seen = [await first(${JSON.stringify(named)}), await first()]
  rmSync('/etc/secrets/servers.config.json')
  seen.push(await first())
  rmSync(${JSON.stringify(join(dataDir, 'servers.config.json'))})
  seen.push(await first())
  console.log(JSON.stringify(seen))`

test('the file that is named counts, else /etc/secrets, else the data folder, else what the product brings', async (context) => {
  const [layer, dataDir, named] = [join(dir, 'layer'), join(dir, 'data'), join(dir, 'named.json')]
  for (const folder of [layer, dataDir]) await mkdir(folder)
  await writeFile(join(dataDir, 'servers.config.json'), saying('of-the-folder'))
  await writeFile(join(dir, 'secret.json'), saying('of-the-secrets'))
  await writeFile(named, saying('named'))
  // This machine's /etc stays as it is: in a mount namespace of the test, a layer in memory lies over it.
  const lines = [
    `mount -t tmpfs layer ${layer}`,
    `mkdir ${layer}/upper ${layer}/work`,
    `mount -t overlay layer -o lowerdir=/etc,upperdir=${layer}/upper,workdir=${layer}/work /etc`,
    'mkdir -p /etc/secrets',
    `cp ${dir}/secret.json /etc/secrets/servers.config.json`,
    'exec "$@"'
  ]
  const node = [process.execPath, '--input-type=module', '-e', program(dataDir, named)]
  const ran = spawnSync('unshare', ['-m', 'sh', '-ec', lines.join('\n'), 'sh', ...node], { encoding: 'utf8' })
  if (ran.error || /not permitted|permission denied|unknown filesystem|wrong fs type/i.test(ran.stderr))
    context.skip('this machine allows no mount namespace with a layer over /etc')
  expect(ran.stderr).toBe('')
  expect(JSON.parse(ran.stdout)).toEqual(['named', 'of-the-secrets', 'of-the-folder', 'dashboard'])
})

test('on Windows only the data folder is looked at, where not everybody may make folders', () => {
  const own = join('data', 'servers.config.json')
  expect(placesOf('linux', 'data')).toEqual(['/etc/secrets/servers.config.json', own])
  expect(placesOf('win32', 'data')).toEqual([own])
})
