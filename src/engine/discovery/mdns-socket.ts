import type { Socket } from 'node:dgram'

/**
 * Keeps a packet from bringing the process down: multicast-dns and bonjour-service run on whatever it says inside the
 * socket's event, where a throw has no other catcher. Call it before they listen.
 */
export function guardMessages(socket: Socket, onBadPacket: (reason: string) => void): Socket {
  const on = socket.on.bind(socket)
  const guarded = (event: string, listener: (...values: unknown[]) => void) => {
    if (event !== 'message') return on(event, listener)
    return on(event, (...values: unknown[]) => {
      try {
        listener(...values)
      } catch (error) {
        onBadPacket(error instanceof Error ? error.message : String(error))
      }
    })
  }
  return Object.assign(socket, { on: guarded })
}
