import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { installPackages, unpackPackages } from './debian.mjs'
import { provideFfmpegStatic } from './downloads.mjs'
import { onPath } from './find-program.mjs'
import { runCommand, runs } from './run-command.mjs'

/** @typedef {import('./debian.mjs').Debian & import('./downloads.mjs').Place} SetUp */

/**
 * Pairs of ffmpeg and ffprobe in the order in which the engine looks: environment, ffmpeg-static, PATH. (A setting beats them
 * all, but belongs to a data folder, which set-up doesn't know.)
 * @param {Pick<SetUp, 'root' | 'env'>} place
 * @param {'ffmpeg' | 'ffprobe'} name
 */
function candidates({ root, env }, name) {
  const given = name === 'ffmpeg' ? env.FFMPEG_BIN : env.FFPROBE_BIN
  const carried = name === 'ffmpeg' ? [join(root, 'node_modules', 'ffmpeg-static', 'ffmpeg')] : []
  return [...(given ? [given] : []), ...carried.filter((file) => existsSync(file)), ...onPath(name, env)]
}

/**
 * A candidate counts once it ran.
 * @param {Pick<SetUp, 'root' | 'env'>} place
 * @param {'ffmpeg' | 'ffprobe'} name
 */
async function works(place, name) {
  for (const file of candidates(place, name)) if (await runs(file, ['-version'], place.env)) return true
  return false
}

/** @param {Pick<SetUp, 'root' | 'env'>} place */
const videoWorks = async (place) => (await works(place, 'ffmpeg')) && (await works(place, 'ffprobe'))

/**
 * Makes video work if it can be done: what is there, ffmpeg-static's download, Debian's packages.
 * @param {SetUp} setUp
 * @returns {Promise<string | undefined>} one sentence on how to turn video on, where it stays off
 */
export async function provideFfmpeg(setUp) {
  if (await videoWorks(setUp)) return undefined
  const download = setUp.env.MICROTOME_NO_SETUP === '1' ? 'not tried' : await provideFfmpegStatic(setUp)
  if (await videoWorks(setUp)) return undefined
  const apt = await installPackages(setUp, ['ffmpeg'], 'for video')
  if (!apt && (await videoWorks(setUp))) return undefined
  return (
    'Video is off: install ffmpeg and ffprobe and start again, or name them with FFMPEG_BIN and FFPROBE_BIN ' +
    `(download: ${download ?? 'brought no ffprobe'}; packages: ${apt ?? 'they don’t run'}).`
  )
}

/**
 * Makes slides that only OpenSlide reads (NDPI, MRXS, ...) work on Debian. Nothing else needs it, so nobody waits for it
 * elsewhere; `microtome doctor` tells how to install it.
 * @param {SetUp} setUp
 * @returns {Promise<string | undefined>} one sentence on what is missing
 */
export async function provideOpenSlide(setUp) {
  if (process.platform !== 'linux' || (await hasOpenSlide(setUp.env))) return undefined
  const reason = await installPackages(setUp, ['libopenslide0'], 'for slides of further scanners')
  if (!reason && (await hasOpenSlide(setUp.env))) return undefined
  return `NDPI, MRXS and the like can't be read: install libopenslide0 (${reason ?? 'its package brought no library'}).`
}

/** Asks the loader's own list, which names what a program would get. @param {NodeJS.ProcessEnv} env */
async function hasOpenSlide(env) {
  const [ldconfig] = onPath('ldconfig', withSbin(env))
  if (ldconfig === undefined) return false
  const { output } = await runCommand(ldconfig, ['-p'], { env, timeoutMs: 10_000 })
  return /\blibopenslide\.so\.[01]\b/.test(output)
}

/** Names under which a Chromium is found on PATH. */
const chromiumNames = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/** @param {NodeJS.ProcessEnv} env */
export const chromiumOnPath = (env = process.env) => chromiumNames.flatMap((name) => onPath(name, env))[0]

/**
 * What the tests need besides: a browser, and on Linux `ip` for network namespaces, and `ab` as a generator that is not ours.
 * @param {SetUp} setUp
 * @returns {Promise<string[]>} a sentence for each thing that is missing
 */
export async function provideTestTools(setUp) {
  if (process.platform !== 'linux') return []
  const tools = [
    { there: () => chromiumOnPath(setUp.env), package: 'chromium', purpose: 'for the tests in a browser' },
    { there: () => onPath('ip', withSbin(setUp.env))[0], package: 'iproute2', purpose: 'for the tests of discovery' },
    { there: () => onPath('ab', setUp.env)[0], package: 'apache2-utils', purpose: 'for bench:http' }
  ]
  const missing = []
  for (const tool of tools) {
    const reason = tool.there() ? undefined : await installPackages(setUp, [tool.package], tool.purpose)
    if (!tool.there())
      missing.push(`Install ${tool.package} ${tool.purpose} (${reason ?? 'its package brought no program'}).`)
  }
  return [...missing, ...(await provideServers(setUp))]
}

/** Where servers of Debian lie for the tests. @param {string} memoryDir */
const unpackedDir = (memoryDir) => join(memoryDir, 'debian')

/**
 * What a test may run that is no part of this machine: folders for PATH.
 * @param {string} memoryDir
 */
export const unpackedPaths = (memoryDir) => ['bin', 'sbin'].map((folder) => join(unpackedDir(memoryDir), 'usr', folder))

/**
 * The servers that `deploy/` is written for.
 * @param {SetUp} setUp
 * @returns {Promise<string[]>} a sentence for each that is missing
 */
export async function provideServers(setUp) {
  const PATH = [withSbin(setUp.env).PATH, ...unpackedPaths(setUp.memoryDir)].join(':')
  const missing = []
  for (const name of ['prometheus', 'nginx']) {
    const isThere = () => onPath(name, { ...setUp.env, PATH }).length > 0
    const purpose = 'for the tests of deploy/'
    const reason = isThere() ? undefined : await unpackPackages(setUp, [name], unpackedDir(setUp.memoryDir), purpose)
    if (!isThere()) missing.push(`Install ${name} ${purpose} (${reason ?? 'its package brought no program'}).`)
  }
  return missing
}

/** A user's PATH on Debian lacks the folder where `ip` used to be. @param {NodeJS.ProcessEnv} env */
const withSbin = (env) => ({ ...env, PATH: `${env.PATH ?? ''}:/usr/sbin:/sbin` })
