import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { constants, setPriority } from 'node:os'
import type { Clock } from '../clock.ts'
import type { Log } from '../log/index.ts'
import type { LaunchRequest } from './launch-request.ts'
import { type ProcessEnd, RunningProcess } from './running-process.ts'
import { shellCommand } from './shell-command.ts'

/** Remembers which children run, for the next start after a SIGKILL. */
export interface ChildRegister {
  add(pid: number, token: string): Promise<void>
  remove(pid: number): Promise<void>
}

/** What the launcher takes from outside. */
export interface LauncherOptions {
  clock: Clock
  log: Log
  platform: NodeJS.Platform
  register?: ChildRegister | undefined
}

/** Name of the environment variable that marks a child and all it starts, so that orphans are known for ours. */
export const childMark = 'MICROTOME_CHILD'

/** The one place where processes start: own process group, below normal priority, bounded output, always ended as a tree. */
export class Launcher {
  readonly #options: LauncherOptions

  constructor(options: LauncherOptions) {
    this.#options = options
  }

  /** Starts a child. Never throws: what couldn't start is a process that has ended with `not-started`. */
  start(request: LaunchRequest): RunningProcess {
    const { clock, log, platform, register } = this.#options
    const token = randomUUID()
    const child = this.#spawn(request, token)
    const running = new RunningProcess(child, request, { clock, log, platform })
    const pid = running.pid
    log.debug('started a process', { pid, path: shellCommand(platform, request.command, request.args) })
    if (pid === undefined) return running
    lowerPriority(pid, log)
    if (register) this.#remember(register, running, pid, token)
    return running
  }

  /** Runs a program to its end. `code` is undefined where it was killed, timed out or couldn't start; why stands in `stderr` then. */
  async run(
    command: string,
    args: readonly string[],
    options: Omit<LaunchRequest, 'command' | 'args' | 'ipc'> = {}
  ): Promise<{ code: number | undefined; stdout: string; stderr: string }> {
    const end = await this.start({ ...options, command, args }).ended
    if (end.type === 'exited') return { code: end.code, stdout: end.stdout, stderr: end.stderr }
    return { code: undefined, stdout: end.stdout, stderr: `${end.stderr}${describeEnd(end)}` }
  }

  #spawn(request: LaunchRequest, token: string): ChildProcess | Error {
    try {
      return spawn(request.command, request.args, {
        cwd: request.cwd,
        env: { ...process.env, ...request.env, [childMark]: token },
        stdio: request.ipc ? ['ignore', 'pipe', 'pipe', 'ipc'] : ['ignore', 'pipe', 'pipe'],
        // A process group of its own, so that one signal reaches grandchildren too. On Windows it would open a console.
        detached: this.#options.platform !== 'win32',
        windowsHide: true
      })
    } catch (error) {
      // A NUL in an argument, for one.
      return error instanceof Error ? error : new Error(String(error))
    }
  }

  #remember(register: ChildRegister, running: RunningProcess, pid: number, token: string): void {
    const failed = (error: unknown) =>
      this.#options.log.warn('could not keep the record of running children', { pid }, error)
    const added = register.add(pid, token).catch(failed)
    void running.ended.then(() => added.then(() => register.remove(pid))).catch(failed)
  }
}

function lowerPriority(pid: number, log: Log): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL)
  } catch (error) {
    // It ended already, or the system forbids it: the work is right at any priority.
    log.debug('could not lower the priority of a process', { pid }, error)
  }
}

/** One clause on how a process ended, for messages. */
export function describeEnd(end: ProcessEnd): string {
  switch (end.type) {
    case 'exited':
      return `ended with exit code ${end.code}`
    case 'signalled':
      return `was killed by ${end.signal}`
    case 'timed-out':
      return `was stopped after ${end.timeoutMs} ms`
    case 'cancelled':
      return 'was cancelled'
    case 'not-started':
      return `could not start: ${end.cause.message}`
  }
}
