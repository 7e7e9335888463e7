import { spawn } from 'node:child_process'

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env] the whole environment of the child
 * @property {number} [timeoutMs] after it SIGTERM, 5 s later SIGKILL
 * @property {'capture' | 'stderr'} [output] `stderr`: everything on our stderr
 * @property {(text: string) => void} [onOutput] hears what is captured as it comes
 * @property {boolean} [shell] for npm.cmd on Windows
 */

/**
 * @typedef {object} Outcome
 * @property {number | null} code null if it didn't start or a signal ended it
 * @property {string} output captured stdout and stderr
 * @property {boolean} timedOut
 * @property {Error} [error] why it didn't start
 */

/** @type {Record<'capture' | 'stderr', import('node:child_process').StdioOptions>} */
const stdio = { capture: ['ignore', 'pipe', 'pipe'], stderr: ['ignore', 2, 2] }

const afterExitMs = 1_000

/**
 * Runs a program to its end. Never rejects: a program that is missing is an outcome like any other.
 * @param {string} file
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<Outcome>}
 */
export function runCommand(file, args, { cwd, env, timeoutMs, output = 'capture', onOutput, shell = false } = {}) {
  return new Promise((resolve) => {
    const child = spawn(file, args, { cwd, env: env ?? process.env, stdio: stdio[output], shell, windowsHide: true })
    let text = ''
    let timedOut = false
    /** @type {Error | undefined} */
    let error
    const take = (/** @type {string} */ part) => {
      text += part
      onOutput?.(part)
    }
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', take)
    const stop = () => {
      timedOut = true
      child.kill('SIGTERM')
      killer = setTimeout(() => child.kill('SIGKILL'), 5000)
    }
    const timer = timeoutMs === undefined ? undefined : setTimeout(stop, timeoutMs)
    /** @type {NodeJS.Timeout | undefined} */
    let killer
    /** @type {NodeJS.Timeout | undefined} */
    let closer
    child.once('error', (cause) => {
      error = cause
      if (child.pid === undefined) finish(null)
    })
    // What it left running may hold its output open for ever.
    child.once('exit', () => {
      closer = setTimeout(() => {
        child.stdout?.destroy()
        child.stderr?.destroy()
      }, afterExitMs)
    })
    child.once('close', (code) => finish(code))
    const finish = (/** @type {number | null} */ code) => {
      clearTimeout(timer)
      clearTimeout(killer)
      clearTimeout(closer)
      resolve({ code, output: text, timedOut, ...(error && { error }) })
    }
  })
}

/**
 * Does a program run at all? A file that is there may be for another machine or lack its libraries.
 * @param {string} file
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 */
export async function runs(file, args, env) {
  return (await runCommand(file, args, { timeoutMs: 10_000, ...(env && { env }) })).code === 0
}
