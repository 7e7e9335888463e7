import { existsSync, readdirSync, readFileSync } from 'node:fs'

/** A process that a test started and that still runs. */
export interface LeftProcess {
  pid: number
  command: string
}

interface Entry extends LeftProcess {
  parent: number
  marked: boolean
}

/** Descendants of `root`, and whatever carries `mark` in its environment though its parent is gone. Linux only: elsewhere none. */
export function processesOf(root: number, mark: string): LeftProcess[] {
  if (!existsSync('/proc/self/stat')) return []
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => entryOf(Number(name), mark))
  const parents = new Map(all.map(({ pid, parent }) => [pid, parent]))
  return all.filter(({ pid, marked }) => pid !== root && (marked || descends(pid, root, parents)))
}

function descends(pid: number, root: number, parents: Map<number, number>): boolean {
  for (let at = parents.get(pid); at !== undefined && at > 0; at = parents.get(at)) if (at === root) return true
  return false
}

function entryOf(pid: number, mark: string): Entry[] {
  try {
    // The name in brackets may hold anything; the fields are behind the last bracket.
    const [state, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    if (state === 'Z' || state === 'X') return []
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
    return [{ pid, parent: Number(parent), command, marked: environmentOf(pid).includes(mark) }]
  } catch {
    // It ended while we looked.
    return []
  }
}

function environmentOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
  } catch {
    // Somebody else's process: none of ours.
    return []
  }
}
