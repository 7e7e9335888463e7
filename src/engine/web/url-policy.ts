import { domainToASCII } from 'node:url'
import { addressFault } from './address-policy.ts'
import { tellable } from './url-text.ts'
import { urlRefused } from './web-errors.ts'

/** Longer ones no server takes. */
const longestUrl = 8_000

/**
 * A URL that may be asked, as far as its text tells: http or https, a host of the allow-list (`hosts`; empty: every one), no address
 * that is refused. Throws `url-refused`, class `input`.
 */
export function checkedUrl(text: string, hosts: readonly string[]): URL {
  const url = text.length > longestUrl ? null : URL.parse(text)
  if (!url) throw urlRefused('The URL', 'can not be read')
  refuseScheme(url)
  if (!hasSoundCredentials(url)) throw urlRefused(tellable(url), 'has credentials that are wrongly encoded')
  const host = hostOf(url)
  if (!isListed(host, hosts)) throw urlRefused(tellable(url), 'names a host that is not among "urlHosts"')
  refuseAddress(url, host)
  return url
}

/** Where a redirect leads: checked like any URL. Credentials go on to the same origin only. */
export function redirected(from: URL, location: string, hosts: readonly string[]): URL {
  const to = URL.parse(location, from.href)
  if (!to) throw urlRefused(tellable(from), 'redirects to where can not be read')
  const isNamed = to.username !== '' || to.password !== ''
  if (to.origin === from.origin && !isNamed) {
    to.username = from.username
    to.password = from.password
  }
  return checkedUrl(to.href, hosts)
}

/** Host name or address (IPv6 without brackets), without the dot that ends a full name. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
}

/** `*.example.org` is every name below example.org, not itself. */
export function isListed(host: string, hosts: readonly string[]): boolean {
  return hosts.length === 0 || hosts.some((entry) => matches(host, entry))
}

function matches(host: string, entry: string): boolean {
  if (entry.startsWith('*.')) return host.endsWith(`.${plainName(entry.slice(2))}`)
  return host === plainName(entry)
}

/** As `URL` writes host names. */
function plainName(name: string): string {
  if (name.startsWith('[')) return URL.parse(`http://${name}`)?.hostname.slice(1, -1) ?? ''
  return domainToASCII(name.replace(/\.$/, ''))
}

function refuseScheme(url: URL): void {
  if (url.protocol === 'http:' || url.protocol === 'https:') return
  throw urlRefused('The URL', `begins with "${url.protocol}", not with "http:" or "https:"`)
}

/** Only a literal address: names are resolved when they are asked. */
function refuseAddress(url: URL, host: string): void {
  const isLiteral = url.hostname.startsWith('[') || /^\d+(\.\d+){3}$/.test(host)
  const fault = isLiteral ? addressFault(host) : undefined
  if (fault !== undefined) throw urlRefused(tellable(url), `names an address that ${fault}`)
}

function hasSoundCredentials({ username, password }: URL): boolean {
  try {
    decodeURIComponent(username)
    decodeURIComponent(password)
    return true
  } catch {
    return false
  }
}
