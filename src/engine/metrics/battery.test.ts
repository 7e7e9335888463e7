import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { linuxBattery, parsePmset, parseWin32Battery } from './battery.ts'

describe('the battery of a Linux machine', () => {
  let root: string
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'microtome-power-'))
  })
  afterEach(() => rmSync(root, { recursive: true }))

  function supply(name: string, facts: Record<string, string>) {
    mkdirSync(join(root, name))
    for (const [fact, value] of Object.entries(facts)) writeFileSync(join(root, name, fact), `${value}\n`)
  }

  it('is on mains while a plug is online (ThinkPad with AC and two batteries)', async () => {
    supply('AC', { type: 'Mains', online: '1' })
    supply('BAT0', { type: 'Battery', present: '1', status: 'Not charging', capacity: '79' })
    supply('BAT1', { type: 'Battery', present: '1', status: 'Full', capacity: '100' })
    expect(await linuxBattery(root)).toEqual({ present: true, onMains: true, percent: 90 })
  })

  it('is not on mains while every plug is offline (ADP1 and USB-C of a Dell)', async () => {
    supply('ADP1', { type: 'Mains', online: '0' })
    supply('ucsi-source-psy-USBC000:001', { type: 'USB', online: '0' })
    supply('BAT0', { type: 'Battery', present: '1', status: 'Discharging', capacity: '41' })
    expect(await linuxBattery(root)).toEqual({ present: true, onMains: false, percent: 41 })
  })

  it('tells by itself where no plug is listed', async () => {
    supply('macsmc-battery', { type: 'Battery', status: 'Discharging' })
    expect(await linuxBattery(root)).toEqual({ present: true, onMains: false })
  })

  it('is not that of a mouse, an empty bay or a UPS', async () => {
    supply('hidpp_battery_0', { type: 'Battery', scope: 'Device', status: 'Discharging', capacity: '50' })
    supply('BAT1', { type: 'Battery', present: '0' })
    supply('ups', { type: 'UPS', status: 'Discharging' })
    expect(await linuxBattery(root)).toEqual({ present: false, onMains: true })
    expect(await linuxBattery(join(root, 'absent'))).toEqual({ present: false, onMains: true })
  })
})

describe('the battery of a Mac', () => {
  it.each([
    [
      "Now drawing from 'AC Power'\n -InternalBattery-0 (id=4653155)\t95%; charging; 0:31 remaining present: true\n",
      { present: true, onMains: true, percent: 95 }
    ],
    [
      "Now drawing from 'Battery Power'\n -InternalBattery-0 (id=4653155)\t62%; discharging; 4:12 remaining present: true\n",
      { present: true, onMains: false, percent: 62 }
    ],
    [
      "Now drawing from 'AC Power'\n -Back-UPS ES 700G (id=1)\t100%; charging present: true\n",
      { present: false, onMains: true }
    ],
    ["Now drawing from 'AC Power'\n", { present: false, onMains: true }]
  ])('is read from %j', (stdout, battery) => {
    expect(parsePmset(stdout)).toEqual(battery)
  })
})

describe('the battery of a Windows machine', () => {
  it.each([
    ['', { present: false, onMains: true }],
    ['{"BatteryStatus":2,"EstimatedChargeRemaining":100}\r\n', { present: true, onMains: true, percent: 100 }],
    ['{"BatteryStatus":1,"EstimatedChargeRemaining":38}', { present: true, onMains: false, percent: 38 }],
    [
      '[{"BatteryStatus":1,"EstimatedChargeRemaining":20},{"BatteryStatus":2,"EstimatedChargeRemaining":80}]',
      { present: true, onMains: false, percent: 50 }
    ],
    ['{"BatteryStatus":3,"EstimatedChargeRemaining":null}', { present: true, onMains: true }],
    ['Get-CimInstance : Access denied', undefined]
  ])('is read from %j', (stdout, battery) => {
    expect(parseWin32Battery(stdout)).toEqual(battery)
  })
})
