// `npm run bench`: installs what is missing, builds what is stale, measures. Node 20.19, nothing installed.
import { join } from 'node:path'
import process from 'node:process'
import { passThrough } from './pass-through.mjs'
import { say } from './project.mjs'
import { SetUpError, setUpClone } from './set-up.mjs'
import { provideTestTools } from './setup-tools.mjs'

try {
  const { setUp, more: missing } = await setUpClone(provideTestTools)
  for (const line of missing) say(line)
  process.exitCode = await passThrough(setUp.node, [join(setUp.root, 'bench', 'run.ts'), ...process.argv.slice(2)])
} catch (error) {
  if (!(error instanceof SetUpError)) throw error
  say(error.message)
  process.exitCode = 1
}
