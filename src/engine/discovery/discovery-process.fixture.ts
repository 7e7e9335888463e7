import { createSocket } from 'node:dgram'
import { systemClock } from '../clock.ts'
import { Discovery } from './discovery.ts'

/*
 * In a network namespace: `discover PORT INTERFACE` prints what is nearby whenever it changes, as lines of JSON;
 * `sniff ADDRESS` prints every mDNS packet that passes the interface with that address.
 */
const [mode, first = '', second = ''] = process.argv.slice(2)
const tell = (event: object) => process.stdout.write(`${JSON.stringify(event)}\n`)

if (mode === 'discover') {
  const discovery: Discovery = new Discovery({
    peerPort: Number(first),
    interface: second,
    clock: systemClock,
    log: { debug: (fields, message) => tell({ event: 'debug', message, ...fields }) },
    onChange: () => tell({ event: 'nearby', nearby: discovery.nearby() })
  })
  process.once('SIGTERM', () => void discovery.close())
} else {
  const socket = createSocket({ type: 'udp4', reuseAddr: true })
  socket.on('message', (message, from) => {
    tell({ event: 'packet', from: from.address, text: message.toString('latin1') })
  })
  await new Promise<void>((resolve) => socket.bind(5353, resolve))
  socket.addMembership('224.0.0.251', first)
}
tell({ event: 'ready' })
