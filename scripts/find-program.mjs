import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import process from 'node:process'

/**
 * The files on PATH that a name could mean, in order.
 * @param {string} name without `.exe`
 * @param {NodeJS.ProcessEnv} env
 * @returns {string[]} absolute paths of files that may be run
 */
export function onPath(name, env = process.env) {
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', '.bat'] : ['']
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '')
  return folders.flatMap((folder) => endings.map((ending) => join(folder, name + ending))).filter(mayRun)
}

/** @param {string} file */
function mayRun(file) {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    // Not there or not ours to run: the next folder of PATH.
    return false
  }
}
