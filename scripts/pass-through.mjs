import { spawn } from 'node:child_process'

const passedOn = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])

/**
 * Passes the signals that ask this process to end on to a child, which decides when.
 * @param {import('node:child_process').ChildProcess} child
 * @returns {() => void} stops it
 */
export function passSignalsTo(child) {
  const listeners = passedOn.map((signal) => {
    // Windows gives a Ctrl-C to both of us, and kill() there would be no request but the end.
    const listener = () => void (process.platform === 'win32' || child.kill(signal))
    process.on(signal, listener)
    return () => process.off(signal, listener)
  })
  return () => {
    for (const off of listeners) off()
  }
}

/**
 * Runs a program as if it were this process: same streams, signals passed on, its exit code or its signal becomes ours.
 * @param {string} file
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, linked?: boolean }} [options] `linked`: an IPC channel tells the child when we are gone
 * @returns {Promise<number>} the exit code; a death by signal is repeated on this process
 */
export function passThrough(file, args, { cwd, env, linked = false } = {}) {
  return new Promise((resolve, reject) => {
    const stdio = /** @type {import('node:child_process').StdioOptions} */ (
      linked ? ['inherit', 'inherit', 'inherit', 'ipc'] : 'inherit'
    )
    const child = spawn(file, args, { cwd, env: env ?? process.env, stdio })
    const unlisten = passSignalsTo(child)
    child.once('error', (error) => {
      unlisten()
      reject(error)
    })
    child.once('exit', (code, signal) => {
      unlisten()
      if (signal) process.kill(process.pid, signal)
      resolve(code ?? 1)
    })
  })
}
