import { describe, expect, test } from 'vitest'
import { addressOf, parseAddress, shortAddress } from './address.ts'

describe('a typed address', () => {
  test('keeps its port', () => {
    expect(parseAddress(' 192.168.1.20:50000 ')).toBe('192.168.1.20:50000')
  })

  test('gets the default port where none was typed', () => {
    expect(parseAddress('scanner-pc.lab.local')).toBe('scanner-pc.lab.local:47800')
    expect(parseAddress('[fe80::1]')).toBe('[fe80::1]:47800')
  })

  test('is refused where it cannot be one', () => {
    for (const typed of ['', 'a b', 'host:0', 'host:70000', 'http://host', 'host:', 'fe80::1'])
      expect(parseAddress(typed), typed).toBeUndefined()
  })
})

test('a found IPv6 host gets its brackets', () => {
  expect(addressOf({ host: 'fe80::1', port: 47800 })).toBe('[fe80::1]:47800')
  expect(addressOf({ host: '10.0.0.2', port: 47800 })).toBe('10.0.0.2:47800')
})

test('the usual port is left out where people read an address', () => {
  expect(shortAddress('10.0.0.2:47800')).toBe('10.0.0.2')
  expect(shortAddress('10.0.0.2:5000')).toBe('10.0.0.2:5000')
})
