import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { fromChild, toChild } from '../../converter-protocol.ts'
import { settingsSchema } from '../../settings.ts'
import { pairingContract } from '../pairing.ts'
import { peerContract } from '../peer.ts'
import config010 from './0.1.0/config.json' with { type: 'json' }
import converter010 from './0.1.0/converter.json' with { type: 'json' }
import pairing010 from './0.1.0/pairing.json' with { type: 'json' }
import peer010 from './0.1.0/peer.json' with { type: 'json' }

/**
 * Messages as each release sent them, the newest last. A folder of a release is never edited: what it sent stays valid for as long as
 * the major of the protocol does. A new procedure or setting wants an example in the folder of the release that brings it.
 */
const releases = [{ release: '0.1.0', peer: peer010, pairing: pairing010, converter: converter010, config: config010 }]

interface Schema {
  '~standard': { validate(value: unknown): unknown }
}
type Examples = Record<string, { input?: unknown[]; output?: unknown[] }>
type Contract = Record<string, { '~orpc': { inputSchema?: Schema | undefined; outputSchema?: Schema | undefined } }>

const contracts = { peer: peerContract as Contract, pairing: pairingContract as Contract }
const newest = releases.at(-1)

const sides = ['input', 'output'] as const
const schemaOf = (contract: Contract, procedure: string, side: (typeof sides)[number]) =>
  contract[procedure]?.['~orpc'][`${side}Schema`]

async function read(schema: Schema | undefined, value: unknown): Promise<unknown> {
  const result = (await schema?.['~standard'].validate(value)) as { issues?: unknown; value?: unknown } | undefined
  if (!result) throw new Error('today’s contract has no such message')
  expect(result.issues).toBeUndefined()
  return result.value
}

/** The same from a later minor: one more field wherever there is an object. */
function fromTheFuture(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromTheFuture)
  if (typeof value !== 'object' || value === null) return value
  const known = Object.entries(value).map(([key, one]) => [key, fromTheFuture(one)])
  return { ...Object.fromEntries(known), fieldOfTomorrow: { deep: [1] } }
}

/** Understood, and so is what a later minor adds to it. */
async function understand(schema: Schema | undefined, example: unknown): Promise<void> {
  const today = await read(schema, example)
  expect(await read(schema, fromTheFuture(example))).toMatchObject(today as object)
}

describe.each(releases)('messages of $release', (golden) => {
  describe.each(['peer', 'pairing'] as const)('of the %s door', (door) => {
    const messages = Object.entries(golden[door] as Examples).flatMap(([procedure, examples]) =>
      sides.flatMap((side) => (examples[side] ?? []).map((example) => ({ procedure, side, example })))
    )
    it.each(messages)(
      '$procedure: its $side is understood, with fields of tomorrow too',
      ({ procedure, side, example }) => understand(schemaOf(contracts[door], procedure, side), example)
    )
  })

  it.each(golden.converter.toChild)('to a child: $type', (example) => understand(toChild, example))
  it.each(golden.converter.fromChild)('from a child: $type', (example) => understand(fromChild, example))

  it('a configuration file is read as it was meant, and a key that nobody knows is refused', () => {
    expect(settingsSchema.parse(golden.config)).toEqual(golden.config)
    expect(settingsSchema.safeParse({ ...golden.config, fieldOfTomorrow: 1 }).success).toBe(false)
  })
})

describe('the newest release', () => {
  it.each(['peer', 'pairing'] as const)('has an example of every message of the %s door', (door) => {
    const examples: Examples = newest?.[door] ?? {}
    const missing = Object.keys(contracts[door]).flatMap((procedure) =>
      sides
        .filter((side) => schemaOf(contracts[door], procedure, side) && !examples[procedure]?.[side]?.length)
        .map((side) => `${procedure} ${side}`)
    )
    expect(missing).toEqual([])
  })

  it.each([
    ['to a child', toChild, newest?.converter.toChild],
    ['from a child', fromChild, newest?.converter.fromChild]
  ] as const)('has an example of everything that is said %s', (_way, schema, examples) => {
    const types = (schema.options as readonly { shape: { type: z.ZodLiteral<string> } }[]).map(
      ({ shape }) => shape.type.value
    )
    expect(types.filter((type) => !examples?.some((example) => example.type === type))).toEqual([])
  })

  it('has a value of every setting', () => {
    expect(Object.keys(newest?.config ?? {}).sort()).toEqual(Object.keys(settingsSchema.shape).sort())
  })
})

it('a worker that makes more than this release knows is taken for what both know', async () => {
  const [status] = peer010.workerStatus.input
  const told = { ...status, profiles: ['dzi', 'profile-of-tomorrow'] }
  expect(await read(schemaOf(contracts.peer, 'workerStatus', 'input'), told)).toMatchObject({ profiles: ['dzi'] })
})
