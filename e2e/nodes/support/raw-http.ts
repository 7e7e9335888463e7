import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'

/** What a server wrote on a connection until it or we closed it; `status` is 0 where it wrote no answer. */
export interface RawAnswer {
  status: number
  text: string
}

/**
 * Writes bytes as they are and reads until the server closes the connection; for what no HTTP library would send. `pieces` go out one
 * by one, each once the one before it is in the kernel.
 */
export async function sendRaw(url: string, ...pieces: (string | Buffer)[]): Promise<RawAnswer> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  await once(socket, 'connect')
  // A server that refuses early closes while we write.
  socket.on('error', () => {})
  const answer = text(socket).catch(() => '')
  for (const piece of pieces) if (!socket.destroyed) await new Promise((resolve) => socket.write(piece, resolve))
  const said = await answer
  socket.destroy()
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(said)?.[1] ?? 0), text: said }
}
