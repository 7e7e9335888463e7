import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { findNode, nodeAdvice } from './node-binary.mjs'
import { root, say } from './project.mjs'
import { runCommand } from './run-command.mjs'
import { fingerprint, readStamp, writeStamp } from './stamp.mjs'

const vite = 'node_modules/vite/bin/vite.js'
const electronVite = 'node_modules/electron-vite/bin/electron-vite.js'
const always = ['package.json', 'package-lock.json', 'tsconfig.base.json', 'scripts/build.mjs']

/**
 * @typedef {object} Part
 * @property {string} name
 * @property {string[]} sources files and folders whose change makes it stale
 * @property {string[]} outputs that must be there
 * @property {string[]} command arguments for Node
 * @property {string[]} [clean] folders to remove first, so that no module outlives its source
 */

/**
 * @param {string} base
 * @returns {Part[]}
 */
export function parts(base) {
  const node = ['shared', 'engine', 'converters', 'services', 'cli']
  // The page's inputs follow the configuration of the product's services.
  const host = ['src/services/host', 'resources/servers.config.json']
  const page = ['src/shared', 'src/renderer', ...host, 'vite.page.config.ts']
  const desktop = existsSync(join(base, 'src/main/index.ts'))
  return [
    {
      name: 'node',
      sources: [...node.map((area) => `src/${area}`), 'vite.node.config.ts'],
      outputs: ['out/cli/main.js', 'out/converters/child.js'],
      command: [vite, 'build', '--config', 'vite.node.config.ts'],
      clean: node.map((area) => `out/${area}`)
    },
    desktop
      ? {
          name: 'window',
          sources: [...page, 'src/main', 'src/preload', 'electron.vite.config.ts'],
          outputs: ['out/renderer/index.html', 'out/main/index.js', 'out/preload/index.cjs'],
          command: [electronVite, 'build', '--logLevel', 'warn']
        }
      : {
          name: 'page',
          sources: page,
          outputs: ['out/renderer/index.html'],
          command: [vite, 'build', '--config', 'vite.page.config.ts', '--logLevel', 'warn']
        }
  ]
}

/**
 * Builds the parts whose sources changed since they were built.
 * @param {{ base: string, node: string, say: (line: string) => void }} options
 * @returns {Promise<string | undefined>} which part failed
 */
export async function buildStale({ base, node, say }) {
  for (const part of parts(base)) {
    const stampFile = join(base, 'out', 'stamps', part.name)
    const stamp = fingerprint(base, [...part.sources, ...always])
    const whole = part.outputs.every((file) => existsSync(join(base, file)))
    if (whole && readStamp(stampFile) === stamp) continue
    say(`Building the ${part.name} part …`)
    rmSync(stampFile, { force: true })
    for (const folder of part.clean ?? []) rmSync(join(base, folder), { recursive: true, force: true })
    const { code, output } = await runCommand(node, part.command, { cwd: base })
    if (code !== 0) {
      say(stripVTControlCharacters(output).trim())
      return `The ${part.name} part could not be built.`
    }
    writeStamp(stampFile, stamp)
  }
  return undefined
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const node = findNode()
  const failed = node ? await buildStale({ base: root, node: node.path, say }) : nodeAdvice()
  if (failed) say(failed)
  else say('Built: out/ is up to date.')
  process.exitCode = failed ? 1 : 0
}
