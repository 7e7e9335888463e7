import { Writable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import type { Log, LogFields } from './log.ts'

/** A longer line is cut there: a child that never ends its line must not fill the memory. */
const maxLineLength = 4000

/**
 * What a child process prints, line by line, to be piped into. At debug only: tools print the names and the metadata of the
 * files that they work on.
 */
export function outputLog(log: Log, fields: LogFields = {}): Writable {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  const take = (text: string, last: boolean) => {
    const lines = (rest + text).split(/\r\n|[\r\n]/)
    rest = last ? '' : (lines.pop() ?? '')
    if (rest.length > maxLineLength) lines.push(rest.slice(0, maxLineLength))
    if (rest.length > maxLineLength) rest = ''
    for (const line of lines) if (line.trim() !== '') log.debug(line.slice(0, maxLineLength), fields)
  }
  return new Writable({
    write(chunk, _encoding, done) {
      take(decoder.write(chunk), false)
      done()
    },
    final(done) {
      take(decoder.end(), true)
      done()
    }
  })
}
