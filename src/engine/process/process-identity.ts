import { readFile } from 'node:fs/promises'

/** Runs a small program; the launcher's `run` fits. */
export type RunProgram = (command: string, args: string[]) => Promise<{ code: number | undefined; stdout: string }>

/** When a process started, in the words of its system: equal only for the very same process. Undefined for one that is gone. */
export type ProcessIdentity = (pid: number) => Promise<string | undefined>

/** Pids are reused; pid and start time together are not. */
export function processIdentity(platform: NodeJS.Platform, run: RunProgram): ProcessIdentity {
  if (platform === 'linux') return linuxIdentity
  const command: (pid: number) => [string, string[]] = platform === 'win32' ? windowsCommand : posixCommand
  return async (pid) => {
    const { code, stdout } = await run(...command(pid))
    return code === 0 && stdout.trim() !== '' ? stdout.trim() : undefined
  }
}

const posixCommand = (pid: number): [string, string[]] => ['ps', ['-o', 'lstart=', '-p', String(pid)]]
const windowsCommand = (pid: number): [string, string[]] => [
  'powershell',
  ['-NoProfile', '-Command', `(Get-Process -Id ${pid}).StartTime.ToFileTimeUtc()`]
]

/** Start time in clock ticks since boot (proc(5), field 22), hence the boot's own id beside it. */
async function linuxIdentity(pid: number): Promise<string | undefined> {
  const stat = await readProc(`/proc/${pid}/stat`)
  if (stat === undefined) return undefined
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8')
  return `${boot.trim()}:${parseStat(stat).startTicks}`
}

/** The fields of /proc/<pid>/stat that follow the program's name, which may itself hold spaces and parentheses. */
export function parseStat(stat: string): { state: string; processGroup: number; startTicks: string } {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return { state: fields[0] ?? '', processGroup: Number(fields[2]), startTicks: fields[19] ?? '' }
}

/** Undefined for a process that ended meanwhile or belongs to another user. */
export async function readProc(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (
      error instanceof Error &&
      'code' in error &&
      ['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(String(error.code))
    )
      return undefined
    throw error
  }
}
