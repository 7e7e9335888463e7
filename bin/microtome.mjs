#!/usr/bin/env node
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { findNode, majorOf, nodeAdvice, wantedMajor } from '../scripts/node-binary.mjs'
import { passThrough } from '../scripts/pass-through.mjs'
import { root, say } from '../scripts/project.mjs'

const linkedMark = 'MICROTOME_RUNS_LINKED'
const entry = join(root, 'out', 'cli', 'main.js')

/** SIGKILL of the wrapper must end the engine at once, as if there were one process only. */
function dieWithTheWrapper() {
  delete process.env[linkedMark]
  process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'))
  process.channel?.unref()
}

async function runOnNewerNode() {
  const node = findNode()
  if (!node) {
    say(nodeAdvice())
    return 1
  }
  const self = fileURLToPath(import.meta.url)
  return passThrough(node.path, ['--disable-warning=ExperimentalWarning', self, ...process.argv.slice(2)], {
    env: { ...process.env, [linkedMark]: '1' },
    linked: true
  })
}

if (!existsSync(entry)) {
  say(`Microtome is not built yet (${entry} is missing). Run "npm run build" or "npm start" in ${root} once.`)
  process.exitCode = 1
} else if (majorOf(process.version) < wantedMajor) {
  process.exitCode = await runOnNewerNode()
} else {
  if (process.env[linkedMark] && process.channel) dieWithTheWrapper()
  await import(pathToFileURL(entry).href)
}
