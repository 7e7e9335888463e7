import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/** Where a lab's files may lie: its own networks, this computer, a mesh such as Tailscale's (100.64.0.0/10), the internet. */
const allowedRanges = new Set(['unicast', 'private', 'loopback', 'carrierGradeNat', 'uniqueLocal'])

/** Cloud services that hand out a machine's credentials, where they are not in a refused range: AWS, Google, Alibaba, Azure. */
const metadata = new Set(['fd00:ec2::254', 'fd00:ec2::23', 'fd20:ce::254', '100.100.100.200', '168.63.129.16'])

const nat64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96')
const embeddedIpv4 = ipaddr.IPv6.parseCIDR('::/96')
const loopback = ipaddr.IPv6.parse('::1')

/**
 * Why nothing may be fetched from an address, as the end of a sentence; undefined where it may. IPv4 in the clothes of IPv6 (mapped,
 * NAT64) is judged as what it is.
 */
export function addressFault(address: string): string | undefined {
  if (isIP(address) === 0) return 'is no address'
  const parsed = plain(ipaddr.parse(address))
  if (metadata.has(parsed.toString())) return 'hands out credentials of a machine'
  const range = isOldForm(parsed) ? 'ipv4Compatible' : parsed.range()
  return allowedRanges.has(range) ? undefined : `is of a range that holds no files (${range})`
}

function plain(address: ipaddr.IPv4 | ipaddr.IPv6): ipaddr.IPv4 | ipaddr.IPv6 {
  if (!(address instanceof ipaddr.IPv6)) return address
  if (address.isIPv4MappedAddress()) return address.toIPv4Address()
  return address.match(nat64) ? new ipaddr.IPv4(address.toByteArray().slice(12)) : address
}

/** `::a.b.c.d`, given up in 2006; some systems still send it to the IPv4 address. */
function isOldForm(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  return (
    address instanceof ipaddr.IPv6 &&
    address.match(embeddedIpv4) &&
    !address.match(loopback, 128) &&
    !isUnspecified(address)
  )
}

const isUnspecified = (address: ipaddr.IPv6) => address.range() === 'unspecified'
