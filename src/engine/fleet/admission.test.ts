import fc from 'fast-check'
import { expect, it } from 'vitest'
import { isReplacedBy } from './admission.ts'

const id = fc.string({ minLength: 1 })

it('both ends keep the same one of two links, in whichever order each of them sees them', () => {
  fc.assert(
    fc.property(id, id, (a, b) => {
      fc.pre(a !== b)
      // x was dialled by a, y by b; what a sees first, b may see last
      const survivor = (self: string, other: string, first: 'x' | 'y') => {
        const seen = { x: { dialled: self === a }, y: { dialled: self === b } }
        const second = first === 'x' ? 'y' : 'x'
        return isReplacedBy(seen[first], seen[second], self, other) ? second : first
      }
      const all = [survivor(a, b, 'x'), survivor(a, b, 'y'), survivor(b, a, 'x'), survivor(b, a, 'y')]
      expect(new Set(all).size).toBe(1)
    })
  )
})

it('the newer one of two dials of the same end stays', () => {
  for (const dialled of [true, false]) expect(isReplacedBy({ dialled }, { dialled }, 'a', 'b')).toBe(true)
})
