import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import { prometheusDir } from './deploy-files.ts'
import { findProgram } from './find-program.ts'

const program = findProgram('prometheus') ?? ''
export const promtool = findProgram('promtool') ?? ''
export const hasPrometheus = program !== '' && promtool !== ''
if (!hasPrometheus)
  process.stdout.write("No Prometheus reads our metrics here: Debian's package prometheus is not there.\n")

const found = z.object({ status: z.literal('success'), data: z.object({ result: z.array(z.unknown()) }) })
const ruleHealth = z.object({
  data: z.object({ groups: z.array(z.object({ rules: z.array(z.object({ health: z.string() })) })) })
})

/** A real Prometheus on loopback with the repository's configuration, but one target, which it asks every second. */
export class Prometheus {
  readonly #folder: string
  readonly #child: ChildProcess
  #address = ''

  private constructor(folder: string) {
    const args = ['--config.file=prometheus.yml', '--storage.tsdb.path=data', '--web.listen-address=127.0.0.1:0']
    this.#folder = folder
    this.#child = spawn(program, args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
  }

  /** `target` is host:port of a node, `key` what it asks for. */
  static async start(target: string, key: string): Promise<Prometheus> {
    const prometheus = new Prometheus(configuredFolder(target, key))
    prometheus.#address = await addressIn(prometheus.#child)
    return prometheus
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null) {
      const ended = once(this.#child, 'close')
      this.#child.kill('SIGKILL')
      await ended
    }
    rmSync(this.#folder, { recursive: true, force: true })
  }

  /** Series that a query finds now; throws where Prometheus does not understand it. */
  async find(query: string): Promise<unknown[]> {
    const response = await fetch(`${this.#address}/api/v1/query?${new URLSearchParams({ query })}`)
    return found.parse(await response.json()).data.result
  }

  /** `ok`, `unknown` (not tried yet) or `err` for each alert. */
  async alertHealth(): Promise<string[]> {
    const response = await fetch(`${this.#address}/api/v1/rules`)
    const { groups } = ruleHealth.parse(await response.json()).data
    return groups.flatMap((group) => group.rules.map(({ health }) => health))
  }
}

function configuredFolder(target: string, key: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'microtome-prometheus-'))
  cpSync(prometheusDir, folder, { recursive: true })
  const file = join(folder, 'prometheus.yml')
  const config = readFileSync(file, 'utf8')
  const hasty = config.replace('127.0.0.1:8080', target).replaceAll(/_interval: 15s$/gm, '_interval: 1s')
  writeFileSync(file, hasty)
  writeFileSync(join(folder, 'microtome.key'), `${key}\n`)
  return folder
}

/** It tells in its log which port it got. */
async function addressIn({ stderr }: ChildProcess): Promise<string> {
  if (stderr === null) throw new Error('no log was asked for')
  const lines: string[] = []
  for await (const line of createInterface({ input: stderr })) {
    lines.push(line)
    const address = /"Listening on" address=(\S+)/.exec(line)?.[1]
    if (address === undefined) continue
    stderr.resume()
    return `http://${address}`
  }
  throw new Error(`Prometheus ended: ${lines.join('\n')}`)
}
