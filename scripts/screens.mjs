// `npm run screens`: takes docs/screenshots anew. Node 20.19, nothing installed.
import { runAfterSetUp } from './run-after-set-up.mjs'

await runAfterSetUp('e2e', 'screens', 'shoot.ts')
