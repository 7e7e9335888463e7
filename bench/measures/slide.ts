import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { onPath } from '../../scripts/find-program.mjs'
import { type Bench, built, type Measure } from '../bench.ts'
import type { Figure } from '../figure.ts'
import { interleaved, timed } from '../interleaved.ts'
import { childAlone } from '../nodes/child-alone.ts'
import { smallSlide } from '../nodes/inputs.ts'
import { convert, ranMs } from '../nodes/jobs.ts'
import { doorOf, environment, startNode } from '../nodes/running-node.ts'

/** `microtome convert` of a small real slide on a running node, against libvips’ own program with the same tiles. */
export const slide: Measure = {
  name: 'slide',
  title: 'A small slide to Deep Zoom',
  async run(bench) {
    const folder = bench.folder()
    const { path, what } = await smallSlide(folder)
    const node = await startNode(bench, bench.folder())
    const door = await doorOf(bench, node)
    const vips = onPath('vips')[0]
    const out = (way: string, round: number) => join(folder, `${way}-${round}`)
    const ways = {
      call: (round: number) => timed(() => run(process.execPath, cli(path, out('call', round), node.dataDir))),
      job: async (round: number) =>
        ranMs(await convert(door, { path, profile: 'dzi', destination: out('job', round) })),
      child: (round: number) => childMs(bench, path, out('child', round)),
      nothing: () => timed(() => run(process.execPath, [built('cli/main.js'), '--version']))
    }
    if (!vips) {
      const figures = await interleaved(bench.sizes.rounds, ways)
      return [...rows(what, figures, undefined), { what: 'vips dzsave', missing: 'there is no vips on PATH' }]
    }
    const dzsave = (round: number) => timed(() => run(vips, dzsaveArgs(path, out('vips', round))))
    const figures = await interleaved(bench.sizes.rounds, { ...ways, dzsave })
    return rows(what, figures, figures.dzsave)
  }
}

type Ways = Record<'call' | 'job' | 'child' | 'nothing', number[]>

function rows(what: string, { call, job, child, nothing }: Ways, dzsave: number[] | undefined): Figure[] {
  const against = dzsave && { what: 'vips dzsave', samples: dzsave }
  return [
    {
      what: `microtome convert, from call to end: ${what}`,
      unit: 'ms',
      samples: call,
      against,
      bound:
        'The job (below), a Node program that starts to ask for it, and up to 0.25 s until the events tell it of the end.'
    },
    {
      what: 'the job, from lease to commit',
      unit: 'ms',
      samples: job,
      against,
      bound: 'The child, and after it the check of names, the rename and a few durable transactions.'
    },
    {
      what: 'the child alone: start, convert, verify',
      unit: 'ms',
      samples: child,
      against,
      bound: 'The same encoder as vips; besides Node and sharp start, and a sample of tiles is decoded again.'
    },
    {
      what: 'microtome --version',
      unit: 'ms',
      samples: nothing,
      bound: 'What any command takes: Node and the command line’s modules.'
    }
  ]
}

const cli = (path: string, out: string, dataDir: string) => [
  ...[built('cli/main.js'), 'convert', path, '--to', 'dzi', '--out', out],
  ...['--data', dataDir, '--json']
]

/** The same tiles: 256 pixels, no overlap, JPEG 90 with full chroma, down to one pixel. */
const dzsaveArgs = (path: string, out: string) => [
  ...['dzsave', path, out, '--layout', 'dz', '--tile-size', '256', '--overlap', '0', '--depth', 'onepixel'],
  ...['--suffix', '.jpeg[Q=90,subsample-mode=off]']
]

async function childMs(bench: Bench, path: string, dir: string): Promise<number> {
  return (await childAlone(bench, { path, profile: 'dzi', threads: cpus().length, dir })).endMs
}

async function run(program: string, args: string[]): Promise<void> {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'], env: environment() })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`${args[0]} ended with ${code}`)
}
