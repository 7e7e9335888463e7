import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { FakeClock } from '../fake-clock.ts'
import { silentLog } from './fleet.fixture.ts'
import { KnownNodes } from './known-nodes.ts'
import { temporaryFolder } from './temporary-folders.fixture.ts'

function open(dataDir: string, clock = new FakeClock()) {
  const warn = vi.fn()
  return { known: new KnownNodes(dataDir, clock, { ...silentLog, warn }), clock, warn }
}

describe('the addresses of members', () => {
  it('are remembered over a restart, the last good one first and four at most', () => {
    const dataDir = temporaryFolder()
    const { known } = open(dataDir)
    for (const address of ['a:1', 'a:2', 'a:3', 'a:4', 'a:5', 'a:3']) known.seen('n', address)
    expect(open(dataDir).known.get('n')?.addresses).toEqual(['a:3', 'a:5', 'a:4', 'a:2'])
  })

  it('keep when a node was seen last, a second later', () => {
    const dataDir = temporaryFolder()
    const { known, clock } = open(dataDir)
    known.seen('n', 'a:1')
    clock.advance(5_000)
    known.seen('n')
    clock.advance(1_000)
    expect(open(dataDir).known.get('n')?.lastSeenAtMs).toBe(clock.wallMs() - 1_000)
    expect(clock.pendingTimers).toBe(0)
  })

  it('are begun anew where the file is damaged, with a word in the log', () => {
    const dataDir = temporaryFolder()
    writeFileSync(join(dataDir, 'known-nodes.json'), '{"version":1,"nodes":{"n":{"addresses":[1]}}}')
    const { known, warn } = open(dataDir)
    expect(known.all()).toEqual([])
    expect(warn).toHaveBeenCalledTimes(1)
  })

  it('cost nobody the node when they can’t be written', () => {
    const { known, warn } = open(join(temporaryFolder(), 'not', 'there'))
    known.seen('n', 'a:1')
    expect(warn).toHaveBeenCalledTimes(1)
    expect(known.get('n')?.addresses).toEqual(['a:1'])
  })

  it('leave no draft behind', () => {
    const dataDir = temporaryFolder()
    open(dataDir).known.seen('n', 'a:1')
    expect(readdirSync(dataDir)).toEqual(['known-nodes.json'])
  })
})
