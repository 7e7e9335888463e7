import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { runCommand } from './run-command.mjs'

/** @typedef {{ version?: string, optional?: boolean, link?: boolean }} LockedPackage */

/**
 * Is what package-lock.json names in node_modules? Compared with the lock that npm itself leaves there, so an `npm ci` typed by
 * hand counts too. Optional packages may be missing: they are for other machines, or their download failed.
 * @param {string} root
 */
export function isInstalled(root) {
  const there = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(there)) return false
  const wanted = packagesOf(join(root, 'package-lock.json'))
  const installed = packagesOf(there)
  return Object.entries(wanted).every(([path, { version, optional }]) => {
    if (path === '') return true
    const found = installed[path]
    return found ? found.version === version : optional === true
  })
}

/**
 * @param {string} lockFile
 * @returns {Record<string, LockedPackage>}
 */
const packagesOf = (lockFile) => JSON.parse(readFileSync(lockFile, 'utf8')).packages ?? {}

/**
 * `npm ci` where {@link isInstalled} says no. Install scripts stay off: nothing needs them, and what they would download
 * (Electron, FFmpeg) is fetched by steps of its own that may fail.
 * @param {string} root
 * @param {(line: string) => void} say
 * @returns {Promise<string | undefined>} what went wrong
 */
export async function installMissing(root, say) {
  if (isInstalled(root)) return undefined
  say('Installing dependencies (npm ci) …')
  const flags = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  const { code, error } = await runNpm(root, flags)
  if (code === 0) return undefined
  return `npm ci failed${error ? ` (${error.message})` : ` with exit code ${code}`}. Is the registry reachable ("npm ping")?`
}

/**
 * @param {string} root
 * @param {string[]} args
 */
function runNpm(root, args) {
  const npmCli = process.env.npm_execpath
  const options = /** @type {const} */ ({ cwd: root, output: 'stderr' })
  // Set by the npm that started us; saves looking for npm.cmd, which only a shell runs.
  if (npmCli?.endsWith('.js')) return runCommand(process.execPath, [npmCli, ...args], options)
  return runCommand('npm', args, { ...options, shell: process.platform === 'win32' })
}
