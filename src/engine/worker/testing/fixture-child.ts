// A converter child for tests. What it does is written in its source file: a JSON object with a `mode`.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { FromChild, ToChild } from '../../../shared/converter-protocol.ts'
import { toChild } from '../../../shared/converter-protocol.ts'
import { storedZip } from '../../transfer/testing/stored-zip.ts'

interface Script {
  mode:
    | 'normal'
    | 'slow'
    | 'until-told'
    | 'crash'
    | 'exit'
    | 'hang'
    | 'stubborn'
    | 'garbage'
    | 'input-error'
    | 'kill-once'
    | 'kill-always'
  /** Bytes of the result. */
  sizeBytes?: number
  packed?: boolean
  /** What the child says it holds in memory afterwards; 1 MB if absent. */
  rssBytes?: number
  /** The report names the files that lie beside the source. */
  listSource?: boolean
}

type Convert = Extract<ToChild, { type: 'convert' }>
const say = (message: FromChild, sent = () => {}) => process.send?.(message, sent)
const cancelled = new Set<string>()
const progress = (id: string, value: number, sent?: () => void) =>
  say({ type: 'progress', id, progress: { progress: value, stage: 'converting' } }, sent)

process.on('disconnect', () => process.exit(0))
process.on('message', (raw) => {
  const message = toChild.parse(raw)
  if (message.type === 'cancel') cancelled.add(message.id)
  else if (message.type === 'convert') convert(message)
  else if (message.type === 'probe') probe(message)
  else {
    writeFileSync(message.path, 'sample')
    say({ type: 'sampled', id: message.id })
  }
})
say({ type: 'ready' })

function convert(request: Convert): void {
  const script: Script = JSON.parse(readFileSync(request.sourcePath, 'utf8'))
  say({ type: 'log', id: request.id, level: 'info', message: `threads ${request.tools.threads} pid ${process.pid}` })
  progress(request.id, 0.1)
  acts[script.mode](request, script)
}

const acts: Record<Script['mode'], (request: Convert, script: Script) => void> = {
  normal: finish,
  slow: (request) =>
    until(
      () => cancelled.has(request.id),
      () => fail(request.id, 'cancelled', 'node'),
      request
    ),
  // Ends once there is a file `<source>.go`.
  'until-told': (request, script) =>
    until(
      () => existsSync(`${request.sourcePath}.go`),
      () => finish(request, script),
      request
    ),
  stubborn: (request) => {
    // As ffmpeg would: a grandchild that outlives a child that is killed alone.
    spawn('sleep', ['600'], { stdio: 'ignore' })
    until(
      () => false,
      () => {},
      request
    )
  },
  hang: () => void setInterval(() => {}, 1000),
  crash: () => {
    throw new Error('crashed on purpose')
  },
  exit: () => process.exit(7),
  garbage: () => process.send?.({ type: 'nonsense' }),
  'input-error': (request) => fail(request.id, 'damaged', 'input'),
  'kill-once': (request, script) => {
    const trace = join(request.scratchDir, 'half-done')
    if (existsSync(trace)) finish(request, script)
    else {
      writeFileSync(trace, 'x')
      progress(request.id, 0.6, () => process.kill(process.pid, 'SIGKILL'))
    }
  },
  'kill-always': () => process.kill(process.pid, 'SIGKILL')
}

function until(isTrue: () => boolean, then: () => void, { id }: Convert): void {
  const timer = setInterval(() => {
    progress(id, 0.5)
    if (!isTrue()) return
    clearInterval(timer)
    then()
  }, 20)
}

function fail(id: string, code: string, errorClass: 'input' | 'node'): void {
  say({ type: 'failed', id, error: { code, class: errorClass, message: `The fixture says ${code}.` } })
}

function finish(request: Convert, script: Script): void {
  const { sizeBytes = 1000, packed = false, listSource = false, rssBytes = 1e6 } = script
  // A converter may use any name in its scratch.
  for (const name of ['source', 'result', 'work'])
    mkdirSync(join(request.scratchDir, name, 'mine'), { recursive: true })
  const data = Buffer.alloc(sizeBytes, 'r')
  const files = packed
    ? [
        { name: 'result.dzi', data: Buffer.from('<xml/>') },
        { name: 'result_files/0/0_0.jpeg', data },
        { name: 'result.json', data: Buffer.from('{}') }
      ]
    : [{ name: 'result.webp', data }]
  if (request.output.type === 'blob') writeFileSync(request.output.path, packed ? storedZip(files) : data)
  else
    for (const file of files) {
      mkdirSync(join(request.output.dir, file.name, '..'), { recursive: true })
      writeFileSync(join(request.output.dir, file.name), file.data)
    }
  progress(request.id, 1)
  say({
    type: 'converted',
    id: request.id,
    rssBytes,
    result: {
      packed: packed && request.output.type === 'blob',
      files: files.map((file) => ({ path: file.name, sizeBytes: file.data.length })),
      primary: files[0]?.name ?? '',
      totalBytes: files.reduce((sum, file) => sum + file.data.length, 0),
      report: { mode: 'fixture', ...(listSource && filesBeside(request.sourcePath)) }
    }
  })
}

function filesBeside(sourcePath: string) {
  const beside = readdirSync(dirname(sourcePath), { recursive: true }).map(String)
  return { source: basename(sourcePath), beside: beside.map((path) => path.replaceAll('\\', '/')).sort() }
}

function probe({ id, sourcePath }: Extract<ToChild, { type: 'probe' }>): void {
  const script: Script = JSON.parse(readFileSync(sourcePath, 'utf8'))
  if (script.mode === 'hang') setInterval(() => progress(id, 0), 50)
  else if (script.mode === 'input-error') fail(id, 'not-recognised', 'input')
  else if (script.mode === 'kill-always') process.kill(process.pid, 'SIGKILL')
  else say({ type: 'probed', id, result: { kind: 'image', format: `pid ${process.pid}`, hasThumbnail: false } })
}
