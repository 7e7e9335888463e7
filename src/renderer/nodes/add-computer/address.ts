/** The port that nodes listen on where nobody chose another. */
export const defaultPort = 47800

/** `host:port` as the engine takes it from what a person typed (port optional, IPv6 in brackets); undefined where it is none. */
export function parseAddress(typed: string): string | undefined {
  const match = /^(\[[0-9a-fA-F:.%\w]+\]|[\p{L}\p{N}._-]+)(?::(\d{1,5}))?$/u.exec(typed.trim())
  const host = match?.[1]
  if (host === undefined) return undefined
  const port = match?.[2] === undefined ? defaultPort : Number(match[2])
  return port >= 1 && port <= 65535 ? `${host}:${port}` : undefined
}

/** An address as people read it: without the port where that is the usual one. */
export function shortAddress(address: string): string {
  return address.endsWith(`:${defaultPort}`) ? address.slice(0, -`:${defaultPort}`.length) : address
}

/** `host:port` of an instance that was found; IPv6 gets its brackets. */
export function addressOf(found: { host: string; port: number }): string {
  return found.host.includes(':') ? `[${found.host}]:${found.port}` : `${found.host}:${found.port}`
}
