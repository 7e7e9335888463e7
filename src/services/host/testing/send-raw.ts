import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'

/** An answer as it came. */
export interface Answer {
  status: number
  text: string
  headers: NodeJS.Dict<string | string[]>
}

export interface Sent {
  method?: string
  headers?: Record<string, string>
  body?: string
}

/** Asks once, on a connection of its own. `Host` may be anything. */
export function ask(url: string, { method = 'GET', headers = {}, body }: Sent = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request(url, { method, headers, agent: false }, async (response) => {
      let text = ''
      for await (const chunk of response) text += String(chunk)
      resolve({ status: response.statusCode ?? 0, text, headers: response.headers })
    })
    call.on('error', reject)
    call.end(body)
  })
}

/** Writes bytes as they are and gives all that comes back until the other side closes. */
export async function sendRaw(url: string, text: string): Promise<string> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  await once(socket, 'connect')
  let answer = ''
  socket.on('data', (chunk) => {
    answer += String(chunk)
  })
  socket.on('error', () => undefined)
  socket.write(text)
  await once(socket, 'close')
  return answer
}
