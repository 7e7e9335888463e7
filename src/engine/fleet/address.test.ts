import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatAddress, parseAddress } from './address.ts'

describe('addresses', () => {
  it.each([
    ['10.0.0.1:47800', '10.0.0.1', 47800],
    [' scanner-pc.lab:1 ', 'scanner-pc.lab', 1],
    ['scanner', 'scanner', 47800],
    ['[fe80::1]:80', 'fe80::1', 80],
    ['[::1]', '::1', 47800]
  ])('"%s" is host %s and port %i', (address, host, port) => {
    expect(parseAddress(address)).toEqual({ host, port })
  })

  it.each(['', ':1', 'a:0', 'a:65536', 'a:b', 'fe80::1', '[x]:1', 'a b:1', 'http://a:1', 'user@a:1'])(
    '"%s" is none',
    (address) => {
      expect(() => parseAddress(address)).toThrow(expect.objectContaining({ code: 'bad-address' }))
    }
  )

  it('written and read again are the same', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain()), fc.integer({ min: 1, max: 65535 }), (host, port) => {
        expect(parseAddress(formatAddress(host, port))).toEqual({ host, port })
      })
    )
  })

  it('of IPv4 in IPv6 form come out as IPv4', () => {
    expect(formatAddress('::ffff:10.0.0.1', 5)).toBe('10.0.0.1:5')
  })
})
