import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { pathToFileURL } from 'node:url'
import { type Bench, built, type Measure } from '../bench.ts'
import { interleaved, timed } from '../interleaved.ts'
import { environment, startNode } from '../nodes/running-node.ts'

/** From the start of `microtome serve` to the line that says it accepts work. */
export const start: Measure = {
  name: 'start',
  title: 'Start to ready',
  async run(bench) {
    const known = bench.folder()
    await startOnce(bench, known)
    const samples = await interleaved(bench.sizes.rounds, {
      node: () => runNode('0'),
      modules: () => runNode(importing),
      first: () => startOnce(bench, bench.folder()),
      again: () => startOnce(bench, known)
    })
    const against = { what: 'Node loading the same modules', samples: samples.modules }
    return [
      {
        what: 'start on a new data folder',
        unit: 'ms',
        samples: samples.first,
        against,
        bound: 'Loading the modules is most of it; identity, certificate, database and log files are made besides.'
      },
      {
        what: 'start on a known data folder',
        unit: 'ms',
        samples: samples.again,
        against,
        bound: 'Loading the modules (below); the rest is the database, the identity and two listening ports.'
      },
      {
        what: 'Node loading the engine’s modules, and nothing else',
        unit: 'ms',
        samples: samples.modules,
        against: { what: 'an empty Node program', samples: samples.node },
        bound: 'Reading and compiling JavaScript on one core: the engine is not bundled, each module is a file.'
      }
    ]
  }
}

async function startOnce(bench: Bench, dataDir: string): Promise<number> {
  const node = await startNode(bench, dataDir)
  await node.stop()
  return node.readyMs
}

const modules = ['engine/start-engine.js', 'services/dashboard/index.js', 'cli/run-command.js']

const importing = modules
  .map((path) => `await import(${JSON.stringify(pathToFileURL(built(path)).href)})`)
  .join(';')
  .concat(';process.exit()')

function runNode(program: string): Promise<number> {
  return timed(async () => {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      stdio: 'ignore',
      env: environment()
    })
    const [code] = await once(child, 'exit')
    if (code !== 0) throw new Error(`Node ended with ${code}`)
  })
}
