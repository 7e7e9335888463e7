import { expect, test } from 'vitest'
import { type NodeProcess, NodeProcess as Nodes } from './support/node-process.ts'

/** What the dispatch face answers to a list of jobs. */
async function listJobs(node: NodeProcess, key: unknown): Promise<number> {
  const url = node.ready.services?.find(({ name }) => name === 'dispatch')?.url
  const answer = await fetch(new URL('/jobs/', url), { headers: { 'x-api-key': String(key) } })
  await answer.text()
  return answer.status
}

async function createKey(node: NodeProcess, ...scopes: string[]): Promise<Record<string, unknown>> {
  const { code, lines, stderr } = await node.cli('keys', 'create', ...scopes.flatMap((scope) => ['--scope', scope]))
  expect(code, stderr).toBe(0)
  expect(lines).toHaveLength(1)
  expect(Object.keys(lines[0] ?? {})).toEqual(['id', 'key', 'scopes'])
  return lines[0] ?? {}
}

test('keys made while a node runs open its dispatch face at once, survive SIGKILL, and are refused once revoked', async () => {
  const node = await Nodes.start({ args: ['--listen', 'dispatch=127.0.0.1:0'] })
  const reader = await createKey(node)
  const worker = await createKey(node, 'work')
  const lost = await createKey(node, 'read')
  expect(reader.scopes).toEqual(['submit', 'read'])
  expect([await listJobs(node, reader.key), await listJobs(node, worker.key)]).toEqual([200, 403])
  expect([await listJobs(node, 'nonsense'), await listJobs(node, `${reader.key}0`)]).toEqual([401, 401])

  expect((await node.cli('keys', 'revoke', String(lost.id))).code).toBe(0)
  expect(await listJobs(node, lost.key)).toBe(401)
  await node.stop('SIGKILL')

  // Nobody runs now: the folder itself is asked.
  const offline = await createKey(node, 'admin')
  await node.restart()
  expect([await listJobs(node, reader.key), await listJobs(node, offline.key)]).toEqual([200, 200])
  expect(await listJobs(node, lost.key)).toBe(401)
  const { lines } = await node.cli('keys', 'list')
  expect(lines.map(({ id }) => id).sort()).toEqual([reader.id, worker.id, offline.id].sort())
  expect(lines.find(({ id }) => id === reader.id)?.lastUsedAt).toEqual(expect.stringMatching(/:00\.000Z$/))
  expect(JSON.stringify(lines)).not.toContain('mt_')

  const again = await node.cli('keys', 'revoke', String(lost.id))
  expect([again.code, again.lines[0]?.error]).toEqual([1, expect.objectContaining({ code: 'unknown-key' })])
})
