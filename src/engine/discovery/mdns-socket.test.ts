import { createSocket } from 'node:dgram'
import { expect, it } from 'vitest'
import { guardMessages } from './mdns-socket.ts'

it('a listener that throws at a packet is reported, and the next packet is heard', () => {
  const [trouble, heard]: [string[], string[]] = [[], []]
  const socket = guardMessages(createSocket('udp4'), (reason) => trouble.push(reason))
  socket.on('message', (message) => {
    if (message.length === 0) throw new Error('empty')
    heard.push(message.toString())
  })
  const from = { address: '10.0.0.9', family: 'IPv4', port: 5353, size: 1 }
  for (const text of ['', 'x']) socket.emit('message', Buffer.from(text), from)
  expect([trouble, heard]).toEqual([['empty'], ['x']])
  socket.close()
})
