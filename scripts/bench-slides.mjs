// `npm run bench:slides`: measures the slide converter against others. Node 20.19, nothing installed.
import { runAfterSetUp } from './run-after-set-up.mjs'

await runAfterSetUp('bench', 'slides', 'run.ts')
