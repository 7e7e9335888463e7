import { join } from 'node:path'
import process from 'node:process'
import { passThrough } from './pass-through.mjs'
import { say } from './project.mjs'
import { SetUpError, setUpClone } from './set-up.mjs'
import { provideTestTools } from './setup-tools.mjs'

/**
 * Installs what is missing, builds what is stale, then runs a program of the clone on Node 24 with this command's arguments;
 * its exit code becomes ours.
 * @param {...string} path of the program below the clone
 */
export async function runAfterSetUp(...path) {
  try {
    const { setUp, more: missing } = await setUpClone(provideTestTools)
    for (const line of missing) say(line)
    process.exitCode = await passThrough(setUp.node, [join(setUp.root, ...path), ...process.argv.slice(2)])
  } catch (error) {
    if (!(error instanceof SetUpError)) throw error
    say(error.message)
    process.exitCode = 1
  }
}
