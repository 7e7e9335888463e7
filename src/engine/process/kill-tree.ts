import { execFile } from 'node:child_process'

/** The two ways an operating system offers to end processes; a test injects its own. */
export interface KillSystem {
  /** As `process.kill`; throws with code ESRCH for one that is gone. */
  signal(pid: number, signal: NodeJS.Signals): void
  /** Runs taskkill; resolves whatever it says. */
  taskkill(args: string[]): Promise<void>
}

export const killSystem: KillSystem = {
  signal: (pid, signal) => void process.kill(pid, signal),
  // taskkill fails for a process that ended meanwhile, which is what was wanted.
  taskkill: (args) => new Promise((resolve) => execFile('taskkill', args, { windowsHide: true }, () => resolve()))
}

/**
 * Signals a child and all it started. POSIX: its process group, which the launcher made with `detached`. Windows has no polite way
 * for a console program, so it is /F at once; politeness is the IPC message before it. Never throws for what is gone already.
 */
export async function killTree(
  platform: NodeJS.Platform,
  pid: number,
  signal: 'SIGTERM' | 'SIGKILL',
  system: KillSystem = killSystem
): Promise<void> {
  if (platform === 'win32') return system.taskkill(['/PID', String(pid), '/T', '/F'])
  try {
    system.signal(-pid, signal)
  } catch (error) {
    if (!isGone(error)) throw error
  }
}

/** EPERM: macOS answers it for a group of zombies; a group of our own making can't belong to anyone else. */
function isGone(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return code === 'ESRCH' || code === 'EPERM'
}
