import { z } from 'zod'
import { parseJson } from './parse-json.ts'

const graphicsClasses = ['VGA compatible controller', '3D controller', 'Display controller']

/** Reads `lspci -mm`: quoted columns class, vendor, device. */
export function parseLspci(stdout: string): string[] {
  return stdout.split('\n').flatMap((line) => {
    const [type = '', vendor = '', device = ''] = [...line.matchAll(/"([^"]*)"/g)].map((match) => match[1] ?? '')
    return graphicsClasses.includes(type) ? [`${brandOf(vendor)} ${productOf(device)}`.trim()] : []
  })
}

/** `Advanced Micro Devices, Inc. [AMD/ATI]` -> `AMD`, `NVIDIA Corporation` -> `NVIDIA`. */
function brandOf(vendor: string): string {
  const short = /\[([^\]/]+)/.exec(vendor)?.[1] ?? vendor
  return short.replace(/,? (Corporation|Inc\.?|Co\..*|Technologies.*|Ltd\.?)$/i, '')
}

/** `GA104 [GeForce RTX 3070]` -> `GeForce RTX 3070`. */
function productOf(device: string): string {
  return /\[([^\]]+)\]/.exec(device)?.[1] ?? device
}

const macDisplays = z.object({ SPDisplaysDataType: z.array(z.object({ sppci_model: z.string().optional() })) })

/** Reads `system_profiler SPDisplaysDataType -json`. */
export function parseSystemProfiler(stdout: string): string[] {
  const displays = parseJson(stdout, macDisplays)?.SPDisplaysDataType ?? []
  return displays.flatMap(({ sppci_model }) => (sppci_model === undefined ? [] : [sppci_model]))
}

export const win32GraphicsScript = 'Get-CimInstance Win32_VideoController | Select-Object -ExpandProperty Name'

/** Reads what {@link win32GraphicsScript} prints: a name per line. */
export function parseWin32Graphics(stdout: string): string[] {
  const names = stdout.split(/\r?\n/).map((name) => name.trim())
  return names.filter((name) => name !== '' && !name.startsWith('Microsoft Basic'))
}
