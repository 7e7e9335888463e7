import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { RosterEntry } from '../../../shared/contract/peer.ts'
import { FakeClock } from '../../fake-clock.ts'
import { type Identity, loadIdentity } from '../../identity/index.ts'
import { temporaryFolder } from '../temporary-folders.fixture.ts'
import { isAuthentic, signEntry } from './entry.ts'
import { mergeEntries } from './entry-set.ts'
import { resolveMembership } from './membership.ts'
import { Roster } from './roster.ts'

const clock = new FakeClock()

async function makeNode(name: string) {
  const dataDir = temporaryFolder()
  const identity = await loadIdentity(dataDir)
  const roster = new Roster({ dataDir, identity, name, clock })
  return { dataDir, identity, roster, name, nodeId: identity.nodeId, publicKey: identity.publicKey }
}
type TestNode = Awaited<ReturnType<typeof makeNode>>

/** What pairing does after both proofs. */
function pair(a: TestNode, b: TestNode): void {
  a.roster.admit(b)
  b.roster.admit(a, a.roster.entries())
  a.roster.learn(b.roster.entries(), b.nodeId)
}

const tell = (from: TestNode, to: TestNode) => to.roster.learn(from.roster.entries(), from.nodeId)
const labOf = (node: TestNode) =>
  node.roster
    .members()
    .map((member) => member.name)
    .sort()

describe('the roster', () => {
  it('holds nobody else at first, and both sides after pairing', async () => {
    const [a, b] = [await makeNode('a'), await makeNode('b')]
    expect(labOf(a)).toEqual([])
    pair(a, b)
    expect([labOf(a), labOf(b)]).toEqual([['b'], ['a']])
  })

  it('merges two labs when a node of each is paired', async () => {
    const nodes = [await makeNode('a'), await makeNode('b'), await makeNode('c'), await makeNode('d')] as const
    const [a, b, c, d] = nodes
    pair(a, b)
    pair(c, d)
    pair(b, c)
    tell(b, a)
    tell(c, d)
    expect(nodes.map(labOf)).toEqual([
      ['b', 'c', 'd'],
      ['a', 'c', 'd'],
      ['a', 'b', 'd'],
      ['a', 'b', 'c']
    ])
  })

  it('does not believe who adds itself', async () => {
    const [a, b, stranger] = [await makeNode('a'), await makeNode('b'), await makeNode('stranger')]
    pair(a, b)
    a.roster.learn(stranger.roster.entries(), b.nodeId)
    expect(labOf(a)).toEqual(['b'])
  })

  it('takes no entry whose signature, id or key is not the signer’s', async () => {
    const [a, b, c] = [await makeNode('a'), await makeNode('b'), await makeNode('c')]
    pair(a, b)
    const honest = signEntry(b.identity, { ...pick(c), type: 'add', atMs: 1 })
    const forgeries: RosterEntry[] = [
      { ...honest, name: 'changed' },
      { ...honest, atMs: 2 },
      { ...honest, nodeId: a.nodeId },
      { ...honest, publicKey: a.publicKey },
      { ...honest, byNodeId: a.nodeId, byPublicKey: a.publicKey },
      { ...honest, signature: '' }
    ]
    expect(forgeries.filter(isAuthentic)).toEqual([])
    a.roster.learn(forgeries, b.nodeId)
    expect(labOf(a)).toEqual(['b'])
    a.roster.learn([honest], b.nodeId)
    expect(labOf(a)).toEqual(['b', 'c'])
  })

  it('keeps the lab whole when the node that paired all the others is removed', async () => {
    const [hub, a, b, c] = [await makeNode('hub'), await makeNode('a'), await makeNode('b'), await makeNode('c')]
    for (const node of [a, b, c]) pair(hub, node)
    for (const node of [a, b]) tell(hub, node)
    a.roster.remove(hub.nodeId)
    expect(labOf(a)).toEqual(['b', 'c'])
    tell(a, b)
    tell(b, a)
    expect([labOf(a), labOf(b)]).toEqual([
      ['b', 'c'],
      ['a', 'c']
    ])
  })

  it('lets a removal win for ever, also over a later add and whatever comes first', async () => {
    const [a, b, c] = [await makeNode('a'), await makeNode('b'), await makeNode('c')]
    pair(a, b)
    pair(a, c)
    tell(a, b)
    a.roster.remove(c.nodeId)
    b.roster.learn([signEntry(b.identity, { ...pick(c), type: 'add', atMs: clock.wallMs() + 1e6 })], b.nodeId)
    tell(a, b)
    expect(labOf(b)).toEqual(['a'])
    expect(() => b.roster.admit(c)).toThrow(expect.objectContaining({ code: 'removed-node' }))
  })

  it('does not count what a removed node adds', async () => {
    const [a, thief, late, b] = [
      await makeNode('a'),
      await makeNode('thief'),
      await makeNode('late'),
      await makeNode('b')
    ]
    pair(a, b)
    pair(a, thief)
    tell(a, b)
    a.roster.remove(thief.nodeId)
    // b has not heard of the removal yet
    b.roster.learn([signEntry(thief.identity, { ...pick(late), type: 'add', atMs: 0 })], thief.nodeId)
    expect(labOf(b)).toEqual(['a', 'late', 'thief'])
    tell(a, b)
    tell(b, a)
    expect([labOf(a), labOf(b)]).toEqual([['b'], ['a']])
  })

  it('tells a removed node so, and it is alone then', async () => {
    const [a, b] = [await makeNode('a'), await makeNode('b')]
    pair(a, b)
    a.roster.remove(b.nodeId)
    tell(a, b)
    expect(b.roster.removalOf(b.nodeId)).toMatchObject({ byNodeId: a.nodeId })
    expect(labOf(b)).toEqual([])
    expect(() => b.roster.admit(a)).toThrow(expect.objectContaining({ code: 'removed-node' }))
  })

  it('spreads a new name, also after the wall clock went back', async () => {
    const [a, b] = [await makeNode('a'), await makeNode('b')]
    pair(a, b)
    const earlier = new Roster({ dataDir: b.dataDir, identity: b.identity, name: 'renamed', clock: new FakeClock(5) })
    a.roster.learn(earlier.entries(), b.nodeId)
    expect(labOf(a)).toEqual(['renamed'])
  })

  it('is the same after a restart', async () => {
    const [a, b] = [await makeNode('a'), await makeNode('b')]
    pair(a, b)
    const again = new Roster({ dataDir: a.dataDir, identity: a.identity, name: 'a', clock })
    expect(again.members()).toEqual(a.roster.members())
    expect(again.entries()).toEqual(a.roster.entries())
  })

  it.each(['{', '{"version":2}', '{"version":1,"entries":[{}]}'])('refuses a damaged file: %s', async (text) => {
    const a = await makeNode('a')
    const path = join(a.dataDir, 'roster.json')
    writeFileSync(path, text)
    const open = () => new Roster({ dataDir: a.dataDir, identity: a.identity, name: 'a', clock })
    expect(open).toThrow(expect.objectContaining({ code: 'damaged-roster' }))
    expect(readFileSync(path, 'utf8')).toBe(text)
  })
})

describe('sets of entries', () => {
  let identities: Identity[]
  let entries: RosterEntry[]
  beforeAll(async () => {
    const folders = Array.from({ length: 5 }, () => mkdtempSync(join(tmpdir(), 'microtome-roster-')))
    identities = await Promise.all(folders.map(loadIdentity))
    for (const folder of folders) rmSync(folder, { recursive: true })
    entries = identities.flatMap((by) =>
      identities.flatMap((of, i) =>
        (['add', 'remove'] as const).flatMap((type) =>
          [1, 2].map((atMs) => signEntry(by, { type, nodeId: of.nodeId, publicKey: of.publicKey, name: `n${i}`, atMs }))
        )
      )
    )
  })

  const some = () => fc.shuffledSubarray(Array.from({ length: 100 }, (_, i) => i))
  const set = (indices: number[]) =>
    mergeEntries(
      new Map(),
      indices.flatMap((i) => entries[i] ?? [])
    ).merged
  const plain = (merged: ReadonlyMap<string, RosterEntry>) => Object.fromEntries(merged)
  const union = (a: ReadonlyMap<string, RosterEntry>, b: ReadonlyMap<string, RosterEntry>) =>
    mergeEntries(a, b.values()).merged

  it('merge in any order and grouping, any number of times, to the same', () => {
    fc.assert(
      fc.property(some(), some(), some(), (x, y, z) => {
        const [a, b, c] = [set(x), set(y), set(z)]
        expect(plain(union(a, b))).toEqual(plain(union(b, a)))
        expect(plain(union(union(a, b), c))).toEqual(plain(union(a, union(b, c))))
        expect(plain(union(a, a))).toEqual(plain(a))
      })
    )
  })

  it('give the same lab whatever their order, and never a removed or a self-added node', () => {
    fc.assert(
      fc.property(some(), fc.nat(4), (indices, selfIndex) => {
        const self = identities[selfIndex]?.nodeId ?? ''
        const forward = resolveMembership(self, set(indices).values())
        const backward = resolveMembership(self, [...set(indices).values()].reverse())
        expect([...forward.members].sort()).toEqual([...backward.members].sort())
        for (const id of forward.members.keys()) {
          expect(forward.removals.has(id)).toBe(false)
          const sponsors = [...set(indices).values()].filter((e) => e.type === 'add' && e.nodeId === id)
          expect(sponsors.some((e) => e.byNodeId !== id)).toBe(true)
        }
      })
    )
  })

  it('never bring a removed node back by anything that is added', () => {
    fc.assert(
      fc.property(some(), some(), (x, y) => {
        const self = identities[0]?.nodeId ?? ''
        const before = resolveMembership(self, set(x).values())
        const after = resolveMembership(self, union(set(x), set(y)).values())
        for (const id of before.removals.keys()) expect(after.members.has(id)).toBe(false)
      })
    )
  })
})

const pick = ({ nodeId, publicKey, name }: TestNode) => ({ nodeId, publicKey, name })
