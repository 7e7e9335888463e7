import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { root } from './support/desktop-process.ts'

const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0
if (!hasSystemd) console.log('The systemd unit is not checked: there is no systemd-analyze here.')

describe.skipIf(!hasSystemd)('the systemd unit', () => {
  const unit = readFileSync(join(root, 'deploy/microtome.service'), 'utf8')
  const dispatch = readFileSync(join(root, 'deploy/microtome.service.d/dispatch.conf'), 'utf8')

  function analyze(text: string, dropIn: string, ...args: string[]) {
    const dir = mkdtempSync(join(tmpdir(), 'microtome-unit-'))
    const file = join(dir, 'microtome.service')
    writeFileSync(file, text)
    mkdirSync(`${file}.d`)
    writeFileSync(join(`${file}.d`, 'dispatch.conf'), dropIn)
    const { status, stdout, stderr } = spawnSync('systemd-analyze', [...args, file], { encoding: 'utf8' })
    rmSync(dir, { recursive: true })
    return { status, said: `${stdout}${stderr}` }
  }

  // The installed program isn't on this machine: another one stands in.
  const here = (text: string) => text.replace(/^ExecStart=\/\S+/m, `ExecStart=${process.execPath}`)

  test('holds no line that systemd does not understand', () => {
    expect(analyze(here(unit), '', 'verify')).toEqual({ status: 0, said: '' })
    expect(analyze(here(unit).replace('ProtectClock', 'ProtectKlock'), '', 'verify').said).toContain('ProtectKlock')
  })

  test('holds none either with the dispatch face', () => {
    expect(analyze(here(unit), here(dispatch), 'verify')).toEqual({ status: 0, said: '' })
    expect(analyze(here(unit), here(dispatch).replace('ProtectHome', 'ProtectHut'), 'verify').said).toContain(
      'ProtectHut'
    )
  })

  test('exposes little of the machine', () => {
    const { said } = analyze(unit, dispatch, 'security', '--offline=true')
    const exposure = Number(/exposure level.*: ([\d.]+)/.exec(said)?.[1])
    expect(exposure, said).toBeLessThan(2.5)
  })

  test.each([
    ['User=microtome', unit],
    ['Restart=always', unit],
    ['RestartSec=10', unit],
    ['NoNewPrivileges=true', unit],
    ['PrivateTmp=true', unit],
    ['ProtectSystem=strict', unit],
    ['ReadWritePaths=-/srv/microtome', unit],
    ['StateDirectory=microtome', unit],
    ['LimitNOFILE=65536', unit],
    ['LimitNPROC=4096', unit],
    ['ProtectHome=true', dispatch],
    ['Environment=DISTCONV_API_KEY_FILE=/etc/microtome/api_key', dispatch]
  ])('says %s, as was promised', (line, file) => {
    expect(file.split('\n')).toContain(line)
  })
})
