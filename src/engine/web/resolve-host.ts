import { lookup } from 'node:dns/promises'
import { isIP, type LookupFunction } from 'node:net'
import { addressFault } from './address-policy.ts'
import { hostOf } from './url-policy.ts'
import { tellable } from './url-text.ts'
import type { Resolve } from './web.ts'
import { urlRefused } from './web-errors.ts'

type Addresses = Awaited<ReturnType<Resolve>>

/** As every other program of this computer resolves names, hosts file included. */
export const systemResolve: Resolve = (host) => lookup(host, { all: true })

/**
 * The addresses of a URL's host, asked once. Throws `url-refused` where only one of them may not be asked: a name that leads to both
 * is somebody's try.
 */
export async function checkedAddresses(url: URL, resolve: Resolve): Promise<Addresses> {
  const host = hostOf(url)
  const family = isIP(host)
  const addresses = family === 0 ? await resolve(host) : [{ address: host, family }]
  for (const { address } of addresses) {
    const fault = addressFault(address)
    if (fault !== undefined) throw urlRefused(tellable(url), `leads to an address that ${fault}`)
  }
  return addresses
}

/** Answers what was checked, whatever the name leads to by now: the connection goes to the very addresses that were looked at. */
export function pinnedLookup(addresses: Addresses): LookupFunction {
  return (_host, options, answer) => {
    const [first] = addresses
    if (!first) answer(Object.assign(new Error('The name has no address.'), { code: 'ENOTFOUND' }), '', 0)
    else if (options.all) answer(null, [...addresses])
    else answer(null, first.address, first.family)
  }
}
