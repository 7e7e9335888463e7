import { existsSync, mkdtempSync, statfsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { atEnd } from './at-end.ts'
import type { Figure, Missing } from './figure.ts'

/** How much is measured: all of it for the record, or little to see that it works. */
export interface Sizes {
  rounds: number
  storeJobs: number
  pageJobs: number
  transferBytes: number
  idleMs: number
}

export const fullSizes: Sizes = {
  rounds: 5,
  storeJobs: 100_000,
  pageJobs: 10_000,
  transferBytes: 2 ** 30,
  idleMs: 120_000
}
export const quickSizes: Sizes = {
  rounds: 2,
  storeJobs: 5_000,
  pageJobs: 500,
  transferBytes: 2 ** 26,
  idleMs: 5_000
}

/** What measures are given. All that is put into `undo` or lies in a `folder` goes when the measure ends. */
export interface Bench {
  sizes: Sizes
  undo: AsyncDisposableStack
  /** A fresh folder in memory where there is such a place, since the disk is not the subject. */
  folder(): string
  say(line: string): void
}

/** One measure of the table; `title` heads its rows. */
export interface Measure {
  name: string
  title: string
  run(bench: Bench): Promise<(Figure | Missing)[]>
}

/** The built program, which is what users run. */
export const built = (path: string) => fileURLToPath(new URL(`../out/${path}`, import.meta.url))

/** Where `Bench.folder` makes its folders. */
export const memoryDir = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

/** Bytes that may be written there, with a gigabyte left for everybody else. */
export function roomBytes(): number {
  const { bavail, bsize } = statfsSync(memoryDir)
  return Math.max(0, bavail * bsize - 2 ** 30)
}

/** A folder below `parent` that goes with `undo`. */
export function folderIn(parent: string, undo: AsyncDisposableStack): string {
  const folder = mkdtempSync(join(parent, 'microtome-bench-'))
  atEnd(undo, () => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
  return folder
}
