import { spawn } from 'node:child_process'
import { join } from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { openPage } from './open-page.mjs'
import { passSignalsTo } from './pass-through.mjs'
import { runCommand } from './run-command.mjs'

/** @typedef {import('./setup-tools.mjs').SetUp} SetUp */

/**
 * Starts the node and shows its page in the browser; ends with it.
 * @param {SetUp} setUp
 * @param {string[]} args for `microtome serve`
 * @param {string} why one sentence: why not the desktop
 * @returns {Promise<number>} exit code
 */
export function startBrowser(setUp, args, why) {
  const { node, root, say, env } = setUp
  const cli = join(root, 'bin', 'microtome.mjs')
  const child = spawn(node, [cli, 'serve', '--json', ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const unlisten = passSignalsTo(child)
  createInterface({ input: child.stdout }).on('line', (line) => {
    const event = JSON.parse(line)
    if (event.event === 'ready') show(event.uiUrl)
    if (event.error?.code === 'already-running') joined = showRunning()
    else if (event.error) say([event.error.message, event.error.hint].filter(Boolean).join(' '))
  })
  /** @type {Promise<number> | undefined} */
  let joined
  return new Promise((resolve) =>
    child.once('close', async (code) => {
      unlisten()
      resolve((await joined) ?? code ?? 1)
    })
  )

  /** @param {string} url */
  function show(url) {
    const opened = openPage(url, { platform: process.platform, env })
    say(`Microtome ${opened ? 'opens' : 'is ready'} in the browser (${why}): ${url}`)
    say('Ctrl-C ends it.')
  }

  async function showRunning() {
    const data = args.flatMap((arg, at) =>
      arg === '--data' ? [arg, args[at + 1] ?? ''] : arg.startsWith('--data=') ? [arg] : []
    )
    const { code, output } = await runCommand(node, [cli, 'status', '--json', ...data], { timeoutMs: 15_000 })
    if (code !== 0) {
      say('Another Microtome holds this data folder and does not answer; end it, or name another folder with --data.')
      return 1
    }
    const { uiUrl } = JSON.parse(output.trim().split('\n').at(-1) ?? '{}')
    openPage(uiUrl, { platform: process.platform, env })
    say(`Microtome runs already: ${uiUrl}`)
    return 0
  }
}
