import { expect, test } from 'vitest'
import { FakeClock } from '../../engine/fake-clock.ts'
import { lastMs, NodeFault } from './node-fault.ts'

function watch(close: () => Promise<void>, ofService: (thrown: unknown) => boolean = () => false) {
  const clock = new FakeClock()
  const exits: number[] = []
  const said: string[] = []
  const fault = new NodeFault({
    node: { blame: ofService, close },
    clock,
    exit: (code) => exits.push(code),
    say: (text) => said.push(text)
  })
  return { clock, exits, said, fault }
}

const never = () => new Promise<void>(() => {})

test('a node whose own code failed ends with 1 as soon as it has ended in order', async () => {
  const closed = Promise.withResolvers<void>()
  const { exits, said, fault } = watch(() => closed.promise)
  fault.caught(new Error('out of luck'))
  expect([exits, fault.happened]).toEqual([[], true])
  expect(said[0]).toMatch(/^Error: out of luck\n {4}at /)
  closed.resolve()
  await closed.promise
  await Promise.resolve()
  expect(exits).toEqual([1])
})

test('it has 5 s for that, however it hangs', () => {
  const { clock, exits, fault } = watch(never)
  fault.caught(new Error('out of luck'))
  clock.advance(lastMs - 1)
  expect(exits).toEqual([])
  clock.advance(1)
  expect(exits).toEqual([1])
  expect(lastMs).toBe(5_000)
})

test('closing that fails ends it, too, and what follows the first error changes nothing', async () => {
  const { exits, said, fault } = watch(() => Promise.reject(new Error('nor this')))
  fault.caught('first')
  fault.caught('second')
  await new Promise(setImmediate)
  expect(said).toEqual(['first\n'])
  expect(exits).toEqual([1])
})

test('what a service threw is the service’s: the node goes on', () => {
  const { clock, exits, said, fault } = watch(never, () => true)
  fault.caught(new Error('theirs'))
  clock.advance(lastMs)
  expect([exits, said, fault.happened]).toEqual([[], [], false])
})
