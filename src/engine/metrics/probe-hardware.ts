import { readFile } from 'node:fs/promises'
import { type Battery, linuxBattery, noBattery, parsePmset, parseWin32Battery, win32BatteryScript } from './battery.ts'
import { parseLspci, parseSystemProfiler, parseWin32Graphics, win32GraphicsScript } from './graphics.ts'
import type { Run } from './run.ts'

/** Starting PowerShell or system_profiler on a busy machine takes seconds. */
const timeoutMs = 20_000

/** What takes a process or a file to find out. Undefined: it could not be told this time. None of them rejects. */
export interface HardwareProbe {
  battery(): Promise<Battery | undefined>
  gpus(): Promise<string[] | undefined>
  os(): Promise<string | undefined>
}

/** The probe of a platform; platforms that we don't know tell nothing. */
export function hardwareProbe(platform: NodeJS.Platform, run: Run): HardwareProbe {
  const output = async (file: string, ...args: string[]) => {
    const { code, stdout } = await run(file, args, { timeoutMs })
    return code === 0 ? stdout : undefined
  }
  switch (platform) {
    case 'linux':
      return linuxProbe(output)
    case 'darwin':
      return macProbe(output)
    case 'win32':
      return windowsProbe(output)
    default:
      return { battery: async () => noBattery, gpus: async () => [], os: async () => undefined }
  }
}

type Output = (file: string, ...args: string[]) => Promise<string | undefined>

function linuxProbe(output: Output): HardwareProbe {
  return {
    battery: () => linuxBattery(),
    gpus: async () => parsed(await output('lspci', '-mm'), parseLspci),
    os: () => readFile('/etc/os-release', 'utf8').then(parseOsRelease, () => undefined)
  }
}

function macProbe(output: Output): HardwareProbe {
  return {
    battery: async () => parsed(await output('pmset', '-g', 'batt'), parsePmset),
    gpus: async () => parsed(await output('system_profiler', 'SPDisplaysDataType', '-json'), parseSystemProfiler),
    os: async () => parsed(await output('sw_vers', '-productVersion'), (version) => `macOS ${version.trim()}`)
  }
}

function windowsProbe(output: Output): HardwareProbe {
  const powershell = (script: string) => output('powershell.exe', '-NoProfile', '-NonInteractive', '-Command', script)
  return {
    battery: async () => parsed(await powershell(win32BatteryScript), parseWin32Battery),
    gpus: async () => parsed(await powershell(win32GraphicsScript), parseWin32Graphics),
    // Node knows it: `Windows 11 Pro`.
    os: async () => undefined
  }
}

function parsed<T>(stdout: string | undefined, parse: (stdout: string) => T): T | undefined {
  return stdout === undefined ? undefined : parse(stdout)
}

/** The name that a Linux gives itself in `/etc/os-release`. */
export function parseOsRelease(text: string): string | undefined {
  return /^PRETTY_NAME=["']?(.*?)["']?$/m.exec(text)?.[1]
}
