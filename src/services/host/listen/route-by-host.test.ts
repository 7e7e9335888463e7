import type { IncomingMessage } from 'node:http'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseServersConfig } from '../config/parse-config.ts'
import { HostTable } from './route-by-host.ts'

const config = parseServersConfig({
  servers: [
    { id: 1, name: 'one', domains: ['One.example.org', '::1', '127.0.0.1'] },
    { id: '2', name: 'two', domains: ['two.example.org.'] }
  ],
  default: { serverId: 2 }
})
const asked = (host: string | undefined, url = '/') => ({ headers: { host }, url }) as unknown as IncomingMessage
const table = new HostTable(config, false)

test('port, upper case and a trailing dot do not count', () => {
  const port = fc.option(fc.integer({ min: 0, max: 65_535 }), { nil: undefined })
  const letters = fc.array(fc.boolean(), { minLength: 20, maxLength: 20 })
  fc.assert(
    fc.property(letters, fc.boolean(), port, (upper, dot, number) => {
      const name = [...'one.example.org'].map((letter, at) => (upper[at] ? letter.toUpperCase() : letter)).join('')
      const host = `${name}${dot ? '.' : ''}${number === undefined ? '' : `:${number}`}`
      expect(table.choose(asked(host), undefined)).toEqual({ host: 'one.example.org', by: 'domain', module: 'one' })
    })
  )
})

test('addresses are names like others, in brackets or not', () => {
  for (const host of ['[::1]', '[::1]:8080', '::1', '127.0.0.1', '127.0.0.1:80'])
    expect(table.choose(asked(host), undefined).module, host).toBe('one')
})

test('whatever a caller sends for Host, somebody is chosen and nothing throws', () => {
  fc.assert(
    fc.property(fc.option(fc.string(), { nil: undefined }), fc.string(), (host, url) => {
      expect(['one', 'two']).toContain(table.choose(asked(host, url), undefined).module)
      expect(new HostTable(config, true).choose(asked(host, url), ['two', 'three']).module).not.toBe('one')
    })
  )
})
