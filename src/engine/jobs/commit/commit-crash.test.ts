import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { expect, it } from 'vitest'
import { commit } from './run-commit.ts'
import { discardStaging } from './staging.ts'
import { commitProgram } from './testing/commit-until-killed.ts'
import { LabFolder, pyramid } from './testing/lab-folder.ts'

/** Runs the commit in a process that is killed in place of its Nth change; answers whether it came to its end before. */
function commitKilledAt(journal: unknown, nth: number): boolean {
  const run = spawnSync(process.execPath, [commitProgram, JSON.stringify(journal), String(nth)], { encoding: 'utf8' })
  if (run.signal === 'SIGKILL' || (process.platform === 'win32' && run.status === 1)) return false
  if (run.status === 0) return true
  throw new Error(run.stderr)
}

it.each(['rename', 'replace'] as const)(
  'brings a commit (%s) to its end after a kill between any two of its moves',
  async (onExists) => {
    let kills = 0
    for (let nth = 1, ended = false; !ended; nth += 1) {
      const lab = new LabFolder()
      lab.place = { ...lab.place, platform: process.platform }
      const others = { 'other.dzi': 'stays' }
      lab.write({ ...others, ...(onExists === 'replace' ? pyramid('old', 'CMU-1') : {}) })
      const result = lab.stagePyramid('new', { onExists })
      const journal = await lab.plan(result)
      ended = commitKilledAt(journal, nth)
      if (!ended) kills += 1
      expect(lab.contents()['other.dzi']).toBe('stays')
      await commit(lab.place, journal)
      await discardStaging(lab.place, result.stagingDir)
      expect(lab.contents(), `killed at change ${nth}`).toEqual({ ...others, ...pyramid('new', 'CMU-1') })
      expect(existsSync(result.stagingDir)).toBe(false)
    }
    expect(kills).toBe(onExists === 'replace' ? 9 : 6)
  },
  60_000
)
