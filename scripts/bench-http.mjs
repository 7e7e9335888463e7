// `npm run bench:http`: measures the dispatch face. Node 20.19, nothing installed.
import { runAfterSetUp } from './run-after-set-up.mjs'

await runAfterSetUp('bench', 'http', 'run.ts')
