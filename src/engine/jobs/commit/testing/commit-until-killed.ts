import * as files from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { systemClock } from '../../../clock.ts'
import type { CommitJournal } from '../../job-store.ts'
import type { CommitFiles } from '../commit-place.ts'
import { commit } from '../run-commit.ts'

/** Run as a process of its own: `node commit-until-killed.ts JOURNAL N`. Kills itself in place of the Nth change to the disk. */
export const commitProgram = fileURLToPath(import.meta.url)

function killedAt(last: number): CommitFiles {
  let changes = 0
  const count = () => {
    changes += 1
    if (changes === last) process.kill(process.pid, 'SIGKILL')
  }
  return {
    ...files,
    rename: async (from, to) => {
      count()
      await files.rename(from, to)
    },
    link: async (from, to) => {
      count()
      await files.link(from, to)
    },
    unlink: async (path) => {
      count()
      await files.unlink(path)
    },
    rm: async (path, options) => {
      count()
      await files.rm(path, options)
    }
  }
}

if (process.argv[1] === commitProgram) {
  const journal: CommitJournal = JSON.parse(process.argv[2] ?? '')
  await commit({ files: killedAt(Number(process.argv[3])), clock: systemClock, platform: process.platform }, journal)
}
