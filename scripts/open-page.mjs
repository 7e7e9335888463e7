import { spawn } from 'node:child_process'
import { onPath } from './find-program.mjs'
import { hasDisplay } from './start-arguments.mjs'

/**
 * How to show an address in the user's browser.
 * @param {string} url
 * @param {string} platform
 * @returns {{ file: string, args: string[] }}
 */
function openerOf(url, platform) {
  if (platform === 'win32') return { file: 'rundll32', args: ['url.dll,FileProtocolHandler', url] }
  return { file: platform === 'darwin' ? 'open' : 'xdg-open', args: [url] }
}

/**
 * Opens the page in the browser where there is one to open.
 * @param {string} url
 * @param {{ platform: string, env: NodeJS.ProcessEnv }} machine
 * @returns {boolean} false where the address has to be typed
 */
export function openPage(url, { platform, env }) {
  const { file, args } = openerOf(url, platform)
  if (!hasDisplay(platform, env) || (platform === 'linux' && onPath(file, env).length === 0)) return false
  const child = spawn(file, args, { stdio: 'ignore', detached: true })
  // The address is printed anyway: an opener that fails costs nothing.
  child.once('error', () => undefined)
  child.unref()
  return true
}
