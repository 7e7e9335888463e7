import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { onPath } from './find-program.mjs'
import { forgetFailure, rememberedFailure, rememberFailure } from './remembered.mjs'
import { runCommand } from './run-command.mjs'

const updateMs = 60_000
const installMs = 5 * 60_000
/** Offline or a lock held: worth another try, but not at every start. */
const retryAfterMs = 60 * 60_000

/** A machine with a lock held or a dead mirror must answer within seconds, not minutes. */
const bounds = ['-o', 'DPkg::Lock::Timeout=10', '-o', 'Acquire::Retries=1', '-o', 'Acquire::http::Timeout=10', '-q']

/**
 * @typedef {object} Debian
 * @property {NodeJS.ProcessEnv} env
 * @property {number | undefined} uid
 * @property {string} osRelease file that names the system
 * @property {string} memoryDir
 * @property {(line: string) => void} say
 */

/**
 * Why packages of the system may not be installed here; undefined if they may.
 * @param {Debian} debian
 * @returns {string | undefined}
 */
export function whyNoInstall({ env, uid, osRelease }) {
  if (env.MICROTOME_NO_SETUP === '1') return 'MICROTOME_NO_SETUP=1 forbids it'
  if (uid !== 0) return 'only root may install packages'
  if (!isDebian(osRelease) || onPath('apt-get', env).length === 0) return 'this is no Debian'
  return undefined
}

/** @param {string} osRelease */
function isDebian(osRelease) {
  if (!existsSync(osRelease)) return false
  return /^ID(_LIKE)?="?[^\n]*\bdebian\b/m.test(readFileSync(osRelease, 'utf8'))
}

/**
 * Installs packages of Debian, saying so in one line. Bounded in time; a failure is remembered for an hour.
 * @param {Debian} debian
 * @param {readonly string[]} packages
 * @param {string} purpose such as `for video`
 * @returns {Promise<string | undefined>} why it failed
 */
export function installPackages(debian, packages, purpose) {
  const install = [...bounds, 'install', '-y', '--no-install-recommends', ...packages]
  return bring(debian, `apt-${packages.join('-')}`, `Installing Debian's ${packages.join(', ')} ${purpose}`, (env) =>
    runCommand('apt-get', install, { env, timeoutMs: installMs })
  )
}

/**
 * Unpacks packages of Debian into a folder and runs nothing of theirs: a server that is installed starts at once and listens to
 * everybody. What they depend on is not brought.
 * @param {Debian} debian
 * @param {readonly string[]} packages
 * @param {string} folder
 * @param {string} purpose such as `for the tests of metrics`
 * @returns {Promise<string | undefined>} why it failed
 */
export function unpackPackages(debian, packages, folder, purpose) {
  const what = `Unpacking Debian's ${packages.join(', ')} ${purpose}`
  return bring(debian, `unpack-${packages.join('-')}`, what, async (env) => {
    mkdirSync(folder, { recursive: true })
    const options = { env, timeoutMs: installMs, cwd: folder }
    const downloaded = await runCommand('apt-get', [...bounds, 'download', ...packages], options)
    if (downloaded.code !== 0) return downloaded
    const files = readdirSync(folder).filter((name) => name.endsWith('.deb'))
    const unpacked = await Promise.all(files.map((file) => runCommand('dpkg', ['-x', file, folder], options)))
    for (const file of files) rmSync(join(folder, file))
    return unpacked.find(({ code }) => code !== 0) ?? downloaded
  })
}

/**
 * @param {Debian} debian
 * @param {string} key under which a failure is remembered
 * @param {string} what is said
 * @param {(env: NodeJS.ProcessEnv) => Promise<import('./run-command.mjs').Outcome>} run
 */
async function bring(debian, key, what, run) {
  const before = whyNoInstall(debian) ?? rememberedFailure(debian.memoryDir, key, retryAfterMs)
  if (before) return before
  debian.say(`${what} (MICROTOME_NO_SETUP=1 forbids this).`)
  const env = { ...debian.env, DEBIAN_FRONTEND: 'noninteractive' }
  await runCommand('apt-get', [...bounds, 'update'], { env, timeoutMs: updateMs })
  const { code, output, timedOut } = await run(env)
  if (code === 0) return void forgetFailure(debian.memoryDir, key)
  const reason = timedOut ? 'apt-get took too long' : (/^E: .*/m.exec(output)?.[0].slice(3) ?? 'apt-get failed')
  rememberFailure(debian.memoryDir, key, reason)
  return reason
}
