import type { Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { errorBody } from '../load/ordinary-answers.ts'

const answers: Record<string, { line: string; code: string; message: string }> = {
  HPE_HEADER_OVERFLOW: {
    line: '431 Request Header Fields Too Large',
    code: 'headers-too-large',
    message: 'The headers have more than 16 KiB.'
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    line: '408 Request Timeout',
    code: 'slow-request',
    message: 'The request did not arrive in time.'
  }
}
const lingerMs = 1000
const malformed = { line: '400 Bad Request', code: 'bad-request', message: 'This is no HTTP request.' }

/** Answers what never becomes a request: headers that are too many, too slow or no HTTP. Node's own answers have no body. */
export function answerClientErrors(server: Server): void {
  const answered = new WeakSet<Duplex>()
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    // The rest of what it sends is read and forgotten: closing at once would reset the connection before the answer arrives.
    if (answered.has(socket)) return
    answered.add(socket)
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy()
      return
    }
    const { line, code, message } = answers[error.code ?? ''] ?? malformed
    const body = JSON.stringify(errorBody(code, message))
    const headers = `Connection: close\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}`
    socket.end(`HTTP/1.1 ${line}\r\n${headers}\r\n\r\n${body}`)
    const late = setTimeout(() => socket.destroy(), lingerMs)
    socket.once('close', () => clearTimeout(late)).resume()
  })
}
