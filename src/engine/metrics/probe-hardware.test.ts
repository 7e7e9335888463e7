import { expect, it } from 'vitest'
import { hardwareProbe, parseOsRelease } from './probe-hardware.ts'
import { recordedRun, runProcess } from './testing/run-process.ts'

it('Linux names its graphics by lspci, short as people say it', async () => {
  const lspci = [
    '00:00.0 "Host bridge" "Intel Corporation" "8th Gen Core 4-core Desktop Processor Host Bridge" -r07 "Dell" "OptiPlex"',
    '00:02.0 "VGA compatible controller" "Intel Corporation" "CoffeeLake-S GT2 [UHD Graphics 630]" "Dell" "OptiPlex"',
    '01:00.0 "VGA compatible controller" "Advanced Micro Devices, Inc. [AMD/ATI]" "Navi 21 [Radeon RX 6800]" -rc1 "" ""',
    '02:00.0 "3D controller" "NVIDIA Corporation" "GA107M [GeForce RTX 3050 Mobile]" -ra1 "Lenovo" "Device 3a5c"'
  ].join('\n')
  expect(await hardwareProbe('linux', recordedRun({ 'lspci -mm': lspci })).gpus()).toEqual([
    'Intel UHD Graphics 630',
    'AMD Radeon RX 6800',
    'NVIDIA GeForce RTX 3050 Mobile'
  ])
})

it('a Mac tells all by its own programs', async () => {
  const displays = '{"SPDisplaysDataType":[{"_name":"Apple M2 Pro","sppci_model":"Apple M2 Pro","sppci_cores":"19"}]}'
  const pmset =
    "Now drawing from 'Battery Power'\n -InternalBattery-0 (id=1)\t62%; discharging; 4:12 remaining present: true"
  const run = recordedRun({ 'SPDisplaysDataType -json': displays, 'pmset -g batt': pmset, sw_vers: '15.1.1\n' })
  const probe = hardwareProbe('darwin', run)
  expect(await probe.gpus()).toEqual(['Apple M2 Pro'])
  expect(await probe.battery()).toMatchObject({ onMains: false })
  expect(await probe.os()).toBe('macOS 15.1.1')
})

it('Windows tells all by PowerShell', async () => {
  const run = recordedRun({
    Win32_VideoController: 'Microsoft Basic Display Adapter\r\nNVIDIA T1000 8GB\r\nIntel(R) UHD Graphics 770\r\n',
    Win32_Battery: ''
  })
  const probe = hardwareProbe('win32', run)
  expect(await probe.gpus()).toEqual(['NVIDIA T1000 8GB', 'Intel(R) UHD Graphics 770'])
  expect(await probe.battery()).toEqual({ present: false, onMains: true })
})

it.each(['darwin', 'win32'] as const)(
  'programs of %s that do not run or say something else tell nothing',
  async (platform) => {
    const silent = hardwareProbe(platform, recordedRun({}))
    expect([await silent.battery(), await silent.gpus(), await silent.os()]).toEqual([undefined, undefined, undefined])
    const odd = hardwareProbe(platform, recordedRun({ SPDisplays: 'oops', Win32_Battery: 'oops' }))
    expect(await odd.gpus()).toEqual(platform === 'darwin' ? [] : undefined)
    expect(await odd.battery()).toBeUndefined()
  }
)

it('the name of a Linux is read with and without quotes', () => {
  expect(parseOsRelease('NAME="Debian"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n')).toBe(
    'Debian GNU/Linux 12 (bookworm)'
  )
  expect(parseOsRelease('PRETTY_NAME=Alpine\n')).toBe('Alpine')
  expect(parseOsRelease('ID=x\n')).toBeUndefined()
})

it('this very machine answers', async () => {
  const probe = hardwareProbe(process.platform, runProcess)
  expect(await probe.battery()).toMatchObject({ present: expect.any(Boolean), onMains: expect.any(Boolean) })
  expect(['string', 'undefined']).toContain(typeof (await probe.os()))
})
