import { execFile } from 'node:child_process'
import type { Run } from '../run.ts'

/** Runs for real, without the engine's launcher. */
export const runProcess: Run = (file, args, { timeoutMs }) =>
  new Promise((resolve) => {
    execFile(file, args, { timeout: timeoutMs, killSignal: 'SIGKILL' }, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code
      resolve({ code: typeof code === 'number' ? code : undefined, stdout, stderr })
    })
  })

/** A run that answers from recordings, by the first words of the command line; what is not recorded does not start. */
export function recordedRun(recordings: Record<string, string>): Run {
  return async (file, args) => {
    const line = [file, ...args].join(' ')
    const found = Object.entries(recordings).find(([words]) => line.includes(words))
    return found ? { code: 0, stdout: found[1], stderr: '' } : { code: undefined, stdout: '', stderr: '' }
  }
}
