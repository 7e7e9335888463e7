// First: zod looks at it when schemas are made.
import './plain-schemas.ts'
import type { FromChild } from '../shared/converter-protocol.ts'
import { ChildSession } from './child-session.ts'

/** Hands a message to the engine; one that left is found out by 'disconnect'. */
function send(message: FromChild): Promise<void> {
  return new Promise((resolve) => {
    if (!process.connected || !process.send) return resolve()
    process.send(message, undefined, undefined, () => resolve())
  })
}

const session = new ChildSession({ send, exit: (code) => process.exit(code) })

process.on('message', (message) => void session.receive(message))
process.on('disconnect', () => session.close())
process.on('SIGTERM', () => session.close())
// Ctrl+C in a terminal reaches every process of its group; the engine decides what becomes of its children.
process.on('SIGINT', () => undefined)

if (process.send) await send({ type: 'ready' })
else {
  process.stderr.write('This program is started by the Microtome engine and speaks over an IPC channel.\n')
  process.exitCode = 2
}
