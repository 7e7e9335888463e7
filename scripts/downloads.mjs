import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { forgetFailure, rememberedFailure, rememberFailure } from './remembered.mjs'
import { runCommand, runs } from './run-command.mjs'

const reachMs = 4_000
const minutes = 60_000
/** A start doesn't wait longer than this; whoever asks for the desktop by name has more patience. */
const downloadMs = { unasked: 2 * minutes, asked: 15 * minutes }

/** @typedef {{ root: string, node: string, memoryDir: string, say: (line: string) => void, env: NodeJS.ProcessEnv }} Place */
/** @typedef {{ key: string, what: string, script: string, url: string }} Download */

/**
 * Runs a package's own downloader once per version; a failure is remembered and survived. The address is tried first,
 * because behind a closed firewall the downloaders hang for minutes.
 * @param {Place} place
 * @param {Download} download
 * @param {{ again?: boolean }} [options] `again`: even if it failed before
 * @returns {Promise<string | undefined>} why it failed
 */
export async function download({ node, memoryDir, say, env }, { key, what, script, url }, { again = false } = {}) {
  const before = again ? undefined : rememberedFailure(memoryDir, key)
  if (before) return before
  const reason = (await unreachable(node, url, env)) ?? (await runDownloader())
  if (reason) rememberFailure(memoryDir, key, reason)
  else forgetFailure(memoryDir, key)
  return reason

  async function runDownloader() {
    say(`Fetching ${what} …`)
    const timeoutMs = again ? downloadMs.asked : downloadMs.unasked
    const done = await runCommand(node, [script], { env: withProxy(env), timeoutMs })
    if (done.code === 0) return undefined
    return done.timedOut ? `the download took more than ${timeoutMs / minutes} minutes` : firstLine(done.output)
  }
}

/**
 * @param {string} node
 * @param {string} url
 * @param {NodeJS.ProcessEnv} env
 */
async function unreachable(node, url, env) {
  const host = new URL(url).host
  const script = `fetch(process.argv[1], { method: 'HEAD' }).then(() => process.exit(0), () => process.exit(1))`
  const tried = await runCommand(node, ['-e', script, url], { env: withProxy(env), timeoutMs: reachMs })
  return tried.code === 0 ? undefined : `${host} can't be reached`
}

/** @param {NodeJS.ProcessEnv} env */
const withProxy = (env) => ({ ...env, NODE_USE_ENV_PROXY: '1' })

/** @param {string} output */
const firstLine = (output) =>
  output
    .split('\n')
    .find((line) => line.trim() !== '')
    ?.trim() ?? 'it said nothing'

/**
 * Electron's binary, found by its file: importing the package would start a download.
 * @param {string} root
 * @returns {string | undefined}
 */
export function electronBinary(root, env = process.env) {
  const folder = join(root, 'node_modules', 'electron')
  const pathFile = join(folder, 'path.txt')
  if (!existsSync(pathFile)) return undefined
  const binary = join(env.ELECTRON_OVERRIDE_DIST_PATH ?? join(folder, 'dist'), readFileSync(pathFile, 'utf8').trim())
  return existsSync(binary) ? binary : undefined
}

/**
 * Electron's binary where it is there and runs, fetched if it never was.
 * @param {Place} place
 * @param {{ again?: boolean }} [options]
 * @returns {Promise<{ binary: string } | { reason: string }>}
 */
export async function provideElectron(place, options) {
  const { root, env } = place
  const version = versionOf(root, 'electron')
  if (!version) return { reason: "the package electron isn't installed" }
  const missing = electronBinary(root, env)
    ? undefined
    : await download(place, electronDownload(root, version, env), options)
  const binary = electronBinary(root, env)
  if (!binary) return { reason: `Electron's binary isn't there: ${missing ?? 'its installer left nothing'}` }
  // As root it refuses even this without the flag.
  if (await runs(binary, ['--no-sandbox', '--version'], env)) return { binary }
  return { reason: `Electron's binary doesn't run here (a library of the system may be missing): ${binary}` }
}

/**
 * @param {string} root
 * @param {string} version
 * @param {NodeJS.ProcessEnv} env
 * @returns {Download}
 */
const electronDownload = (root, version, env) => ({
  key: `electron-${version}`,
  what: 'Electron (about 120 MB, once)',
  script: join(root, 'node_modules', 'electron', 'install.js'),
  url: env.ELECTRON_MIRROR ?? env.npm_config_electron_mirror ?? 'https://github.com/electron/electron/releases/'
})

/**
 * The binary of ffmpeg-static, where the package is installed and its download worked.
 * @param {Place} place
 * @returns {Promise<string | undefined>} why it failed
 */
export async function provideFfmpegStatic(place) {
  const version = versionOf(place.root, 'ffmpeg-static')
  if (!version) return "the package ffmpeg-static isn't installed"
  return download(place, {
    key: `ffmpeg-static-${version}`,
    what: 'FFmpeg (about 80 MB, once)',
    script: join(place.root, 'node_modules', 'ffmpeg-static', 'install.js'),
    url: place.env.FFMPEG_BINARIES_URL ?? 'https://github.com/eugeneware/ffmpeg-static/releases/'
  })
}

/**
 * @param {string} root
 * @param {string} name
 * @returns {string | undefined}
 */
function versionOf(root, name) {
  const manifest = join(root, 'node_modules', name, 'package.json')
  return existsSync(manifest) ? JSON.parse(readFileSync(manifest, 'utf8')).version : undefined
}
