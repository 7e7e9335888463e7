import { existsSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { provideElectron } from './downloads.mjs'
import { passThrough } from './pass-through.mjs'
import { hasDisplay } from './start-arguments.mjs'

/** @typedef {import('./setup-tools.mjs').SetUp} SetUp */

/**
 * Can the window open here? Fetches Electron's binary if that was never tried; asked for by name it is tried again.
 * @param {SetUp} setUp
 * @param {{ again: boolean }} options
 * @returns {Promise<{ binary: string } | { reason: string, hint: string }>}
 */
export async function desktopHere(setUp, options) {
  const { root, env } = setUp
  if (!existsSync(join(root, 'src', 'main', 'index.ts')))
    return { reason: 'this version has no desktop part', hint: inBrowser }
  if (!hasDisplay(process.platform, env))
    return { reason: 'there is no display here', hint: `Run it in a desktop session. ${inBrowser}` }
  const electron = await provideElectron(setUp, options)
  return 'binary' in electron ? electron : { ...electron, hint: `${fetchIt} ${inBrowser}` }
}

const inBrowser = '"npm start -- --browser" opens the same page in the browser.'
const fetchIt =
  'Try "npx --no install-electron" where github.com can be reached, or set ELECTRON_MIRROR; "npm start -- --desktop" tries again.'

/**
 * @param {SetUp} setUp
 * @param {string} binary
 * @param {string[]} args
 */
export function startDesktop({ root, env }, binary, args) {
  // Chromium's sandbox refuses to run as root.
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  // The folder, not the file: so the window carries the product's name and version. Its package.json names out/main/index.js.
  return passThrough(binary, [root, ...asRoot, ...args], {
    cwd: root,
    env: { ...env, ELECTRON_RUN_AS_NODE: undefined }
  })
}
