// `npm run bench`: measures. Node 20.19, nothing installed.
import { runAfterSetUp } from './run-after-set-up.mjs'

await runAfterSetUp('bench', 'run.ts')
