import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkedUrl, hostOf, isListed, redirected } from './url-policy.ts'
import { lastPart, publicUrl, tellable } from './url-text.ts'

const refused = (text: string, hosts: string[] = []) => {
  try {
    checkedUrl(text, hosts)
  } catch (thrown) {
    return thrown
  }
  return undefined
}
const refusal = { code: 'url-refused', class: 'input' }

describe('a URL that a node may ask', () => {
  it.each([
    'http://nas/in.mp4',
    'https://files.example.org:8443/a%20b.svs?token=1#x',
    'http://user:pass@10.0.0.7/in.mp4',
    'http://127.0.0.1:9000/bucket/in.mp4',
    'http://100.101.102.103/in.mp4',
    'http://[fd12::7]/in.mp4',
    'http://[::1]:8080/in.mp4',
    'http://[::ffff:192.168.1.2]/in.mp4'
  ])('is %s', (url) => expect(refused(url)).toBeUndefined())

  it.each([
    '',
    'in.mp4',
    '//nas/in.mp4',
    'file:///etc/passwd',
    'ftp://nas/in.mp4',
    'data:video/mp4;base64,AAAA',
    'javascript:alert(1)',
    'http://',
    'http://a b/',
    'http://nas/%zz'.repeat(1000),
    'http://a%zz:b@nas/in.mp4',
    'http://169.254.169.254/latest/meta-data/',
    'http://2852039166/latest/meta-data/',
    'http://0xa9fea9fe/',
    'http://0251.0376.0251.0376/',
    'http://169.254.169.254./',
    'http://[::ffff:169.254.169.254]/',
    'http://[::ffff:a9fe:a9fe]/',
    'http://[64:ff9b::169.254.169.254]/',
    'http://[::169.254.169.254]/',
    'http://[2002:a9fe:a9fe::]/',
    'http://[fd00:ec2::254]/latest/meta-data/',
    'http://[fe80::1]/',
    'http://100.100.100.200/',
    'http://0.0.0.0/',
    'http://0/',
    'http://[::]/',
    'http://224.0.0.251/',
    'http://[ff02::fb]/',
    'http://255.255.255.255/'
  ])('is not %s', (url) => expect(refused(url)).toMatchObject(refusal))

  it('says what is wrong with which', () => {
    expect(refused('ftp://user:pass@nas/in.mp4?key=1')).toMatchObject({
      message: 'The URL begins with "ftp:", not with "http:" or "https:".'
    })
    expect(refused('http://user:pass@169.254.1.1/in.mp4?key=1')).toMatchObject({
      message: 'http://***@169.254.1.1/in.mp4 names an address that is of a range that holds no files (linkLocal).'
    })
  })
})

describe('the list of hosts', () => {
  it.each([
    ['nas', ['nas'], true],
    ['nas', ['NAS.'], true],
    ['nas.lab', ['nas'], false],
    ['a.example.org', ['*.example.org'], true],
    ['a.b.example.org', ['*.example.org'], true],
    ['example.org', ['*.example.org'], false],
    ['badexample.org', ['*.example.org'], false],
    ['example.org.evil.net', ['*.example.org', 'example.org'], false],
    ['xn--bcher-kva.example', ['bücher.example'], true],
    ['10.0.0.7', ['10.0.0.7'], true],
    ['fd12::7', ['[fd12:0::7]'], true],
    ['localhost', ['nas'], false]
  ])('of %s and %j says %j', (host, hosts, listed) => expect(isListed(host, hosts)).toBe(listed))

  it('counts, where there is one, for addresses of this computer, too', () => {
    expect(refused('http://127.0.0.1/', ['nas'])).toMatchObject(refusal)
    expect(refused('http://127.0.0.1/', ['127.0.0.1'])).toBeUndefined()
  })

  it('allows nothing that is refused anyway', () => {
    expect(refused('http://169.254.169.254/', ['169.254.169.254'])).toMatchObject(refusal)
  })

  it('sees the dot behind a name as no other name', () => {
    expect(refused('http://nas./in.mp4', ['nas'])).toBeUndefined()
  })
})

describe('a redirect', () => {
  const from = new URL('http://user:pass@nas/a/in.mp4?key=1')

  it('is read like a link', () => {
    expect(redirected(from, 'b.mp4', []).pathname).toBe('/a/b.mp4')
    expect(redirected(from, '//other/b.mp4', []).host).toBe('other')
  })

  it('takes credentials along to the same origin only', () => {
    expect(redirected(from, 'http://nas/b.mp4', []).password).toBe('pass')
    expect(redirected(from, '/b.mp4', []).password).toBe('pass')
    expect(redirected(from, 'http://nas:81/b.mp4', []).password).toBe('')
    expect(redirected(from, 'https://nas/b.mp4', []).password).toBe('')
    expect(redirected(from, 'http://me:other@nas/b.mp4', []).password).toBe('other')
  })

  it.each(['file:///etc/passwd', 'http://169.254.169.254/', 'http://other/', 'http://['])(
    'may not lead to %s',
    (location) => {
      expect(() => redirected(from, location, ['nas'])).toThrow(expect.objectContaining(refusal))
    }
  )
})

describe('what is told of a URL', () => {
  const secret = fc.stringMatching(/^[a-z0-9]{12,20}$/)
  const host = fc.constantFrom('nas', '10.0.0.7', '169.254.169.254', '[fe80::1]', 'other.lab')
  const scheme = fc.constantFrom('http', 'https', 'ftp', 'gopher')

  it('is never a credential or a query', () => {
    fc.assert(
      fc.property(scheme, host, secret, secret, secret, (protocol, name, user, password, key) => {
        const text = `${protocol}://${user}:${password}@${name}/in.mp4?key=${key}#${key}`
        const url = new URL(text)
        const refusals = [refused(text), refused(text, ['nas']), refused(`${text} \u0000`, ['*.x'])]
        const told = [tellable(url), publicUrl(url), ...refusals.map((thrown) => String(thrown))].join('\n')
        for (const word of [user, password, key]) expect(told).not.toContain(word)
      })
    )
  })

  it('never throws, whatever comes', () => {
    fc.assert(
      fc.property(fc.oneof(fc.webUrl({ size: 'xsmall' }), fc.string()), (text) => {
        const thrown = refused(text)
        if (thrown === undefined) expect(hostOf(new URL(text))).not.toBe('')
        else expect(thrown).toMatchObject(refusal)
      }),
      { numRuns: 50 }
    )
  })

  it('is of its name the last part, decoded', () => {
    expect(lastPart(new URL('http://nas/a/in%20put.mp4?x=/b.mp4'))).toBe('in put.mp4')
    expect(lastPart(new URL('http://nas/a/'))).toBe('a')
    expect(lastPart(new URL('http://nas'))).toBe('')
    expect(lastPart(new URL('http://nas/%zz.mp4'))).toBe('%zz.mp4')
  })
})
