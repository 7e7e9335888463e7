import { describe, expect, it } from 'vitest'
import type { PairingEvent } from '../../shared/contract/local.ts'
import type { RosterEntry } from '../../shared/contract/peer.ts'
import { MicrotomeError } from '../../shared/errors.ts'
import { FakeClock } from '../fake-clock.ts'
import { type Candidate, joinWithCode, type LabBook, PairingDesk } from './index.ts'

class RecordingBook implements LabBook {
  readonly admitted: string[] = []
  readonly learnt: string[] = []
  readonly removed = new Set<string>()
  failing: Error | undefined

  assertWelcome(nodeId: string): void {
    if (this.removed.has(nodeId))
      throw new MicrotomeError({ code: 'removed-node', class: 'input', message: `${nodeId} was removed.` })
  }
  admit(newcomer: Candidate & { name: string }): void {
    if (this.failing) throw this.failing
    this.admitted.push(`${newcomer.nodeId} ${newcomer.name}`)
  }
  learn(_: RosterEntry[], fromNodeId: string): void {
    this.learnt.push(fromNodeId)
  }
  entries = () => []
}

const keys = { newcomer: { nodeId: 'new', publicKey: 'KEY-NEW' }, member: { nodeId: 'mem', publicKey: 'KEY-MEM' } }

function setUp(digits = [123456, 654321, 111111, 222222]) {
  const clock = new FakeClock()
  const [newcomersBook, membersBook] = [new RecordingBook(), new RecordingBook()]
  const desk = new PairingDesk({
    own: keys.newcomer,
    book: newcomersBook,
    clock,
    randomInt: () => digits.shift() ?? 0,
    name: () => 'Scanner'
  })
  /** As the two see each other: a relay shows other keys. */
  const join = (code: string, seen: { newcomer?: Candidate; member?: Candidate } = {}) => {
    const session = desk.session(seen.member ?? keys.member)
    const client = {
      start: () => session.start(),
      prove: async (proof: { clientPublic: string; clientProof: string }) => session.prove(proof),
      join: async ({ entries }: { entries: RosterEntry[] }) => ({ entries: session.join(entries) })
    }
    const newcomer = seen.newcomer ?? keys.newcomer
    return joinWithCode({ client, code, own: keys.member, newcomer, book: membersBook }).finally(() => session.close())
  }
  return { clock, desk, join, newcomersBook, membersBook }
}

async function nextOf(events: AsyncIterator<PairingEvent>): Promise<PairingEvent | 'end'> {
  const { value, done } = await events.next()
  return done ? 'end' : value
}

// An exchange costs 0.2 s of CPU or more on a busy machine.
describe('pairing', () => {
  it('adds both to each other’s lab when the code is typed right', async () => {
    const { desk, join, newcomersBook, membersBook, clock } = setUp()
    const events = desk.open()
    expect(await nextOf(events)).toEqual({ type: 'code', code: '123456', expiresAtMs: clock.wallMs() + 60_000 })
    expect(await join('123 456')).toEqual({ nodeId: 'new', name: 'Scanner' })
    expect(await nextOf(events)).toMatchObject({ type: 'paired', nodeId: 'mem' })
    expect(await nextOf(events)).toBe('end')
    expect(newcomersBook.admitted).toEqual(['mem mem'])
    expect(membersBook.admitted).toEqual(['new Scanner'])
    expect(membersBook.learnt).toEqual(['new'])
    expect(desk.isOpen).toBe(false)
    expect(clock.pendingTimers).toBe(0)
  })

  it('shows codes with leading zeros in six digits', async () => {
    const { desk, join } = setUp([42])
    expect(await nextOf(desk.open())).toMatchObject({ code: '000042' })
    await join('000042')
  })

  it('gives a wrong code no second try: the next one is another', async () => {
    const { desk, join, membersBook } = setUp()
    const events = desk.open()
    await nextOf(events)
    await expect(join('000000')).rejects.toMatchObject({ code: 'wrong-code', hint: expect.any(String) })
    expect(await nextOf(events)).toMatchObject({ type: 'refused', triesLeft: 2, error: { code: 'wrong-code' } })
    expect(await nextOf(events)).toMatchObject({ type: 'code', code: '654321' })
    await expect(join('123456')).rejects.toMatchObject({ code: 'wrong-code' })
    expect(membersBook.admitted).toEqual([])
  })

  it('lets two that began with the same code prove it once', async () => {
    const { desk } = setUp()
    await nextOf(desk.open())
    const [first, second] = [desk.session(keys.member), desk.session(keys.member)]
    await Promise.all([first.start(), second.start()])
    const proof = { clientPublic: Buffer.alloc(384, 7).toString('base64'), clientProof: 'AAAA' }
    expect(() => first.prove(proof)).toThrow(expect.objectContaining({ code: 'wrong-code' }))
    expect(() => second.prove(proof)).toThrow(expect.objectContaining({ code: 'pairing-closed' }))
  })

  it.each([0, 1, 2])('refuses the public value %i times the modulus, which would prove any code', async (factor) => {
    const { desk } = setUp()
    await nextOf(desk.open())
    const session = desk.session(keys.member)
    await session.start()
    const { SRP } = await import('fast-srp-hap')
    const modulus = BigInt(`0x${SRP.params[3072].N.toString(16)}`)
    const value = (modulus * BigInt(factor)).toString(16).padStart(768, '0')
    const clientPublic = Buffer.from(value, 'hex').subarray(-384).toString('base64')
    expect(() => session.prove({ clientPublic, clientProof: 'AAAA' })).toThrow(
      expect.objectContaining({ code: 'wrong-code' })
    )
  })

  it('rests after three wrong codes, longer each time', async () => {
    const { desk, join, clock } = setUp([1, 2, 3, 4, 5, 6, 7])
    const wrongThrice = async () => {
      const events = desk.open()
      for (const triesLeft of [2, 1, 0]) {
        await nextOf(events)
        await expect(join('999999')).rejects.toMatchObject({ code: 'wrong-code' })
        expect(await nextOf(events)).toMatchObject({ type: 'refused', triesLeft })
      }
      expect(await nextOf(events)).toEqual({ type: 'expired' })
      expect(await nextOf(events)).toBe('end')
    }
    const paused = expect.objectContaining({ code: 'pairing-paused' })
    await wrongThrice()
    expect(() => desk.open()).toThrow(paused)
    clock.advance(59_999)
    expect(() => desk.open()).toThrow(paused)
    clock.advance(1)
    await wrongThrice()
    clock.advance(119_999)
    expect(() => desk.open()).toThrow(paused)
    clock.advance(1)
    expect(await nextOf(desk.open())).toMatchObject({ type: 'code' })
  })

  it('counts wrong codes across openings', async () => {
    const { desk, join } = setUp([1, 2, 3, 4, 5])
    for (const triesLeft of [2, 1, 0]) {
      const events = desk.open()
      await nextOf(events)
      await expect(join('999999')).rejects.toMatchObject({ code: 'wrong-code' })
      expect(await nextOf(events)).toMatchObject({ triesLeft })
      await events.return?.()
    }
    expect(() => desk.open()).toThrow(expect.objectContaining({ code: 'pairing-paused' }))
  })

  it('ends when nobody types the code within 60 s', async () => {
    const { desk, join, clock } = setUp()
    const events = desk.open()
    await nextOf(events)
    clock.advance(60_000)
    expect(await nextOf(events)).toEqual({ type: 'expired' })
    expect(await nextOf(events)).toBe('end')
    await expect(join('123456')).rejects.toMatchObject({ code: 'pairing-closed' })
  })

  it('takes the code away when the reader leaves', async () => {
    const { desk, join, clock } = setUp()
    const events = desk.open()
    await nextOf(events)
    await events.return?.()
    expect(desk.isOpen).toBe(false)
    expect(clock.pendingTimers).toBe(0)
    await expect(join('123456')).rejects.toMatchObject({ code: 'pairing-closed' })
  })

  it('fails with the right code when a relay sits in between', async () => {
    const { desk, join, newcomersBook, membersBook } = setUp()
    const relay = { nodeId: 'relay', publicKey: 'KEY-RELAY' }
    const events = desk.open()
    await nextOf(events)
    await expect(join('123456', { newcomer: relay, member: relay })).rejects.toMatchObject({ code: 'wrong-code' })
    await nextOf(events)
    await nextOf(events)
    await expect(join('654321', { member: relay })).rejects.toMatchObject({ code: 'wrong-code' })
    expect([newcomersBook.admitted, membersBook.admitted]).toEqual([[], []])
  })

  it('does not hand over the lab to somebody who did not know the code', async () => {
    const { desk, membersBook } = setUp()
    await nextOf(desk.open())
    const session = desk.session(keys.member)
    const impostor = {
      start: () => session.start(),
      prove: async () => ({ serverProof: Buffer.alloc(64).toString('base64'), name: 'x' }),
      join: async () => ({ entries: [] })
    }
    const join = joinWithCode({
      client: impostor,
      code: '123456',
      own: keys.member,
      newcomer: keys.newcomer,
      book: membersBook
    })
    await expect(join).rejects.toMatchObject({ code: 'wrong-code' })
    expect(membersBook.admitted).toEqual([])
  })

  it('refuses to join before the proof', async () => {
    const { desk, newcomersBook } = setUp()
    await nextOf(desk.open())
    const session = desk.session(keys.member)
    expect(() => session.join([])).toThrow(expect.objectContaining({ code: 'pairing-closed' }))
    await session.start()
    expect(() => session.join([])).toThrow(expect.objectContaining({ code: 'pairing-closed' }))
    expect(newcomersBook.admitted).toEqual([])
  })

  it('shows a new code when the other side vanishes after its proof, or the lab can’t take it', async () => {
    const { desk, join, newcomersBook } = setUp()
    const events = desk.open()
    await nextOf(events)
    newcomersBook.failing = new Error('disk full')
    await expect(join('123456')).rejects.toThrow('disk full')
    expect(await nextOf(events)).toMatchObject({ type: 'refused', triesLeft: 3 })
    expect(await nextOf(events)).toMatchObject({ type: 'code', code: '654321' })
    newcomersBook.failing = undefined
    await join('654321')
    expect(await nextOf(events)).toMatchObject({ type: 'paired' })
  })

  it('is refused on both sides for a key that was removed', async () => {
    const { desk, join, newcomersBook, membersBook } = setUp()
    const events = desk.open()
    await nextOf(events)
    membersBook.removed.add('new')
    await expect(join('123456')).rejects.toMatchObject({ code: 'removed-node' })
    membersBook.removed.clear()
    newcomersBook.removed.add('mem')
    await expect(join('123456')).rejects.toMatchObject({ code: 'removed-node' })
    newcomersBook.removed.add('new')
    expect(() => desk.open()).toThrow(expect.objectContaining({ code: 'removed-node' }))
  })

  it('stops computing for strangers after eight starts with one code', async () => {
    const { desk } = setUp()
    await nextOf(desk.open())
    for (let i = 0; i < 8; i++) await desk.session(keys.member).start()
    await expect(desk.session(keys.member).start()).rejects.toMatchObject({ code: 'pairing-closed' })
  })

  it.each(['12345', '1234567', 'abcdef', ''])('takes only six digits, not "%s"', async (code) => {
    await expect(setUp().join(code)).rejects.toMatchObject({ code: 'wrong-code' })
  })
})
