import { afterEach, beforeEach, expect, it } from 'vitest'
import { fromRpcError } from '../../shared/contract/rpc-error.ts'
import { LocalBench } from './testing/local-bench.ts'

let bench: LocalBench

beforeEach(async () => {
  bench = await LocalBench.open()
})

afterEach(async () => {
  await bench.close()
  expect(bench.bugs).toEqual([])
})

const refusal = async (call: Promise<unknown>) => fromRpcError(await call.catch((thrown: unknown) => thrown))

it('makes a key that is told once, lists it without, and revokes it', async () => {
  const { client } = bench.connect()
  const made = await client.keys.create({ label: 'Scanner', scopes: ['submit', 'read'] })
  expect(made).toMatchObject({ key: expect.stringMatching(/^mt_/), label: 'Scanner', scopes: ['submit', 'read'] })
  const listed = await client.keys.list()
  expect(listed).toEqual([{ id: made.id, label: 'Scanner', scopes: ['submit', 'read'], createdAtMs: made.createdAtMs }])
  expect(await client.keys.revoke({ id: made.id })).toEqual({ ok: true })
  expect(await client.keys.list()).toEqual([])
  expect(await refusal(client.keys.revoke({ id: made.id }))).toMatchObject({ code: 'unknown-key', class: 'input' })
})

it('refuses scopes that there are not', async () => {
  const { client } = bench.connect()
  expect((await refusal(client.keys.create({ scopes: [] }))).code).toBe('bad_request')
  expect((await refusal(client.keys.create({ scopes: ['root' as 'read'] }))).code).toBe('bad_request')
  expect(await client.keys.list()).toEqual([])
})

it('tells how the services are, whatever they count', async () => {
  bench.services = [
    {
      id: 'a',
      name: 'A',
      domains: ['a.example'],
      state: 'running',
      urls: ['http://127.0.0.1:1/'],
      stats: { deep: { count: 1 }, list: [1] }
    },
    { id: 'b', name: 'B', domains: [], state: 'failed', reason: 'It threw.', hint: 'Mend it.', urls: [] }
  ]
  expect(await bench.connect().client.services.list()).toEqual(bench.services)
})
