import { parseArgs } from 'node:util'
import { startFixtureNode } from './fixture-node.ts'

// node e2e/screens/serve.ts --jobs 300 --nodes 5 --port 4780 [--ended] [--no-video] [--config-error] [--still]
const { values } = parseArgs({
  options: {
    jobs: { type: 'string', default: '300' },
    nodes: { type: 'string', default: '5' },
    port: { type: 'string', default: '4780' },
    ended: { type: 'boolean', default: false },
    'no-video': { type: 'boolean', default: false },
    'config-error': { type: 'boolean', default: false },
    still: { type: 'boolean', default: false }
  }
})

const node = await startFixtureNode({
  port: Number(values.port),
  scenario: {
    jobs: Number(values.jobs),
    nodes: Number(values.nodes),
    ended: values.ended,
    video: !values['no-video'],
    configError: values['config-error'],
    nowMs: Date.now()
  }
})
const ticking = values.still ? undefined : setInterval(() => node.lab.tick(), 1000)
console.log(node.url)

process.once('SIGINT', async () => {
  clearInterval(ticking)
  await node.close()
})
process.once('SIGTERM', async () => {
  clearInterval(ticking)
  await node.close()
})
