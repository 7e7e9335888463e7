// `npm start`: installs what is missing, builds what is stale, opens the app or runs a command. Node 20.19, nothing installed.
import { join } from 'node:path'
import process from 'node:process'
import { passThrough } from './pass-through.mjs'
import { say } from './project.mjs'
import { SetUpError, setUpClone } from './set-up.mjs'
import { provideFfmpeg, provideOpenSlide } from './setup-tools.mjs'
import { parseStart } from './start-arguments.mjs'
import { startBrowser } from './start-browser.mjs'
import { desktopHere, startDesktop } from './start-desktop.mjs'

/** @typedef {import('./start-arguments.mjs').Start} Start */

/** @param {Start} start */
async function run(start) {
  const wantsDesktop = start.mode === 'app' && start.face !== 'browser'
  const { setUp, more } = await setUpClone(async (tools) => {
    const video = await provideFfmpeg(tools)
    await provideOpenSlide(tools)
    return { video, desktop: wantsDesktop ? await desktopHere(tools, { again: start.face === 'desktop' }) : undefined }
  })
  if (more.video) say(more.video)
  if (start.mode === 'cli')
    return passThrough(setUp.node, [join(setUp.root, 'bin', 'microtome.mjs'), ...start.args], whereTyped())
  if (!more.desktop) return startBrowser(setUp, start.args, 'as asked')
  if ('binary' in more.desktop) return startDesktop(setUp, more.desktop.binary, start.args)
  if (start.face === 'auto') return startBrowser(setUp, start.args, more.desktop.reason)
  say(`The desktop window can't open: ${more.desktop.reason}.`)
  say(more.desktop.hint)
  return 1
}

/** npm changes to the clone's folder; relative paths mean the one where the command was typed. */
function whereTyped() {
  const { npm_lifecycle_event: event, INIT_CWD: cwd } = process.env
  return event === 'start' && cwd ? { cwd } : {}
}

try {
  process.exitCode = await run(parseStart(process.argv.slice(2)))
} catch (error) {
  if (!(error instanceof SetUpError)) throw error
  say(error.message)
  process.exitCode = 1
}
