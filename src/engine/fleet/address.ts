import { isIPv6 } from 'node:net'
import { MicrotomeError } from '../../shared/errors.ts'
import { settingsSchema } from '../../shared/settings.ts'

const DEFAULT_PORT = settingsSchema.shape.port.parse(undefined)

/** `host:port`, IPv6 in brackets; an IPv4 address that a socket shows in IPv6 form comes out as IPv4. */
export function formatAddress(host: string, port: number): string {
  const plain = host.replace(/^::ffff:(?=\d+\.)/, '')
  return isIPv6(plain) ? `[${plain}]:${port}` : `${plain}:${port}`
}

/** Reads `host`, `host:port`, `[v6]:port`; the default port where none is given. Throws `bad-address`. */
export function parseAddress(address: string): { host: string; port: number } {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:[\]/@]+))(?::(\d{1,5}))?$/.exec(address.trim())
  const host = match?.[1] ?? match?.[2]
  const port = match?.[3] === undefined ? DEFAULT_PORT : Number(match[3])
  if (host && port >= 1 && port <= 65535 && (match?.[1] === undefined || isIPv6(host))) return { host, port }
  throw new MicrotomeError({
    code: 'bad-address',
    class: 'input',
    message: `"${address}" is no address of a node.`,
    hint: 'Write host:port, such as 192.168.1.20:47800.'
  })
}
