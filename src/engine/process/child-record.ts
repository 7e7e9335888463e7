import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Log } from '../log/index.ts'
import { type KillSystem, killSystem, killTree } from './kill-tree.ts'
import { type ChildRegister, childMark } from './launcher.ts'
import { type ProcessIdentity, parseStat, readProc } from './process-identity.ts'

const entry = z.object({ pid: z.number().int().min(2), identity: z.string(), token: z.string().min(8) })
type Entry = z.infer<typeof entry>

/** What the record takes from outside. `dir` is made if missing. */
export interface ChildRecordOptions {
  dir: string
  platform: NodeJS.Platform
  identity: ProcessIdentity
  log: Log
  system?: KillSystem
}

/** One small file per running child, so that the next start can end what a killed engine left behind. */
export class ChildRecord implements ChildRegister {
  readonly #options: ChildRecordOptions

  constructor(options: ChildRecordOptions) {
    this.#options = options
  }

  async add(pid: number, token: string): Promise<void> {
    const identity = await this.#options.identity(pid)
    if (identity === undefined) return
    await mkdir(this.#options.dir, { recursive: true })
    const path = this.#path(pid)
    await writeFile(`${path}.new`, JSON.stringify({ pid, identity, token } satisfies Entry))
    await rename(`${path}.new`, path)
  }

  async remove(pid: number): Promise<void> {
    await rm(this.#path(pid), { force: true })
  }

  /** Ends every recorded process that still is the one that was recorded, with all it started; answers how many trees. */
  async killOrphans(): Promise<number> {
    let killed = 0
    for (const name of await this.#files()) {
      const path = join(this.#options.dir, name)
      const recorded = parseEntry(await readFile(path, 'utf8'))
      if (recorded && (await this.#killOrphan(recorded))) killed++
      await rm(path, { force: true })
    }
    return killed
  }

  async #killOrphan(recorded: Entry): Promise<boolean> {
    const { platform, identity, log, system = killSystem } = this.#options
    const isTheSame = (await identity(recorded.pid)) === recorded.identity
    const leftovers = isTheSame || platform !== 'linux' ? [] : await markedMembers(recorded)
    if (!isTheSame && leftovers.length === 0) return false
    log.info('ended a process that an earlier run left behind', { pid: recorded.pid })
    if (isTheSame) await killTree(platform, recorded.pid, 'SIGKILL', system)
    // A member's own group is ours too, but its leader is gone: only processes that carry the mark are touched.
    for (const pid of leftovers) killOne(pid, system)
    return true
  }

  async #files(): Promise<string[]> {
    await mkdir(this.#options.dir, { recursive: true })
    return readdir(this.#options.dir)
  }

  #path(pid: number): string {
    return join(this.#options.dir, `${pid}.json`)
  }
}

/** Half-written files are what a crash leaves; their child was not known to run yet. */
function parseEntry(text: string): Entry | undefined {
  try {
    return entry.safeParse(JSON.parse(text)).data
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function killOne(pid: number, system: KillSystem): void {
  try {
    system.signal(pid, 'SIGKILL')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

/** Linux: processes of a group whose leader ended, known for ours by the mark in their environment. */
async function markedMembers({ pid, token }: Entry): Promise<number[]> {
  const members: number[] = []
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const stat = await readProc(`/proc/${name}/stat`)
    if (stat === undefined || parseStat(stat).processGroup !== pid) continue
    const environment = await readProc(`/proc/${name}/environ`)
    if (environment?.split('\0').includes(`${childMark}=${token}`)) members.push(Number(name))
  }
  return members
}
