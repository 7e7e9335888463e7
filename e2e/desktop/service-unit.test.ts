import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { root } from './support/desktop-process.ts'

const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0
if (!hasSystemd) console.log('The systemd unit is not checked: there is no systemd-analyze here.')

describe.skipIf(!hasSystemd)('the systemd unit', () => {
  const unit = readFileSync(join(root, 'deploy/microtome.service'), 'utf8')

  function analyze(text: string, ...args: string[]) {
    const dir = mkdtempSync(join(tmpdir(), 'microtome-unit-'))
    const file = join(dir, 'microtome.service')
    writeFileSync(file, text)
    const { status, stdout, stderr } = spawnSync('systemd-analyze', [...args, file], { encoding: 'utf8' })
    rmSync(dir, { recursive: true })
    return { status, said: `${stdout}${stderr}` }
  }

  test('holds no line that systemd does not understand', () => {
    // The installed program isn't on this machine: another one stands in.
    const here = unit.replace(/^ExecStart=\S+/m, `ExecStart=${process.execPath}`)
    expect(analyze(here, 'verify')).toEqual({ status: 0, said: '' })
    expect(analyze(here.replace('ProtectClock', 'ProtectKlock'), 'verify').said).toContain('ProtectKlock')
  })

  test('exposes little of the machine', () => {
    const { said } = analyze(unit, 'security', '--offline=true')
    const exposure = Number(/exposure level.*: ([\d.]+)/.exec(said)?.[1])
    expect(exposure, said).toBeLessThan(2.5)
  })
})
