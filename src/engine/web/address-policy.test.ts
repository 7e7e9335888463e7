import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addressFault } from './address-policy.ts'

const byte = fc.integer({ min: 0, max: 255 })
const hex = (value: number) => value.toString(16).padStart(2, '0')

/** An IPv4 address in every form in which a resolver may answer it. */
function formsOf(octets: readonly number[]): string[] {
  const [a = 0, b = 0, c = 0, d = 0] = octets
  const groups = `${hex(a)}${hex(b)}:${hex(c)}${hex(d)}`
  return [octets.join('.'), `::ffff:${octets.join('.')}`, `::ffff:${groups}`, `64:ff9b::${groups}`]
}

describe('an address', () => {
  it.each([
    ['link-local', [169, 254]],
    ['unspecified', [0]],
    ['multicast', [224]],
    ['multicast', [239]],
    ['reserved', [250]]
  ] as const)('that is %s (%j) is refused in every form', (_what, start) => {
    fc.assert(
      fc.property(fc.array(byte, { minLength: 4 - start.length, maxLength: 4 - start.length }), (rest) => {
        for (const form of formsOf([...start, ...rest])) expect(addressFault(form)).toBeDefined()
      })
    )
  })

  it.each([[[10]], [[192, 168]], [[172, 20]], [[127]], [[8, 8]]])(
    'of a lab or the internet (%j) is allowed in every form',
    (start) => {
      fc.assert(
        fc.property(fc.array(byte, { minLength: 4 - start.length, maxLength: 4 - start.length }), (rest) => {
          for (const form of formsOf([...start, ...rest])) expect(addressFault(form)).toBeUndefined()
        })
      )
    }
  )

  it('of IPv6 is refused where it is link-local, multicast, another form of IPv4 or a metadata service', () => {
    const refused = [
      'fe80::1',
      'fe80::1%eth0',
      'febf::1',
      'ff02::1',
      'ff0e::1',
      '::',
      '::7f00:1',
      '::ffff:0:7f00:1',
      '2002:7f00:1::',
      '2001::1'
    ]
    for (const address of [...refused, '64:ff9b:1::a9fe:a9fe', 'fec0::1', 'fd00:ec2::254', 'fd20:ce::254'])
      expect([address, addressFault(address)]).toEqual([address, expect.any(String)])
  })

  it('of IPv6 is allowed where a lab or the internet has it', () => {
    for (const address of ['::1', 'fd12:3456::7', '2a00:1450:4001::200e']) expect(addressFault(address)).toBeUndefined()
  })

  it('is nothing else', () => {
    for (const text of ['', 'nas', '1.2.3', '::1::']) expect(addressFault(text)).toBeDefined()
  })
})
