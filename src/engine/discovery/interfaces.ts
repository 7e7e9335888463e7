import { BlockList } from 'node:net'
import type { NetworkInterfaceInfo } from 'node:os'

/** One network interface to announce on. */
export interface LookedAt {
  name: string
  /** Its first IPv4 address. */
  address: string
  /** Such as 24. */
  prefixBits: number
}

/** The interfaces that `wanted` means: all that reach other machines, one by name, or none. */
export function chooseInterfaces(all: NodeJS.Dict<NetworkInterfaceInfo[]>, wanted: string): LookedAt[] {
  if (wanted === 'none') return []
  return Object.entries(all).flatMap(([name, addresses]) => {
    if (wanted !== 'all' && name !== wanted) return []
    const found = addresses?.find((entry) => entry.family === 'IPv4' && !entry.internal)
    return found ? [{ name, address: found.address, prefixBits: Number(found.cidr?.split('/')[1] ?? 32) }] : []
  })
}

/**
 * Tells who is on an interface's own network. A socket of one interface also hears what comes in by the others, and
 * what was sent to it from afar.
 */
export function neighbours({ address, prefixBits }: LookedAt): (host: string) => boolean {
  const network = new BlockList()
  network.addSubnet(address, prefixBits)
  return (host) => network.check(host)
}
