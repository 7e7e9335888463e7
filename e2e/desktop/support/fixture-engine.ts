import { writeFileSync } from 'node:fs'
import { FixtureDoor } from '../../../src/main/testing/fixture-door.ts'
import type { LocalEvent } from '../../../src/shared/contract/local.ts'

/**
 * Stands in for `out/cli/main.js serve --json --supervised`: a real door on which nothing happens but what the test says.
 * FIXTURE_ENGINE=crash ends at once, as an engine does that finds its data folder unusable.
 */
async function serve(): Promise<void> {
  if (process.env.FIXTURE_ENGINE === 'crash') {
    const error = {
      code: 'data-folder',
      class: 'node',
      message: 'The data folder is read-only.',
      hint: 'Choose another.'
    }
    process.stdout.write(`${JSON.stringify({ event: 'error', error })}\n`)
    process.exitCode = 1
    return
  }
  const door = new FixtureDoor(`token-of-${process.pid}`)
  door.status = { ...door.status, name: `engine ${process.pid}` }
  // `now` ends it; else it finishes until the test says that it is done.
  door.onShutdown = (now) => now && void setImmediate(() => process.exit(0))
  door.onRequest = (request, response) => {
    if (request.url === '/calls') return void response.end(JSON.stringify({ pid: process.pid, calls: door.calls }))
    if (request.url === '/done') return void response.end('', () => process.exit(0))
    if (request.url !== '/tell') return void response.writeHead(404).end()
    let text = ''
    request.setEncoding('utf8').on('data', (part: string) => {
      text += part
    })
    request.on('end', () => {
      const told = JSON.parse(text) as { event?: LocalEvent; settings?: typeof door.settings }
      if (told.settings) door.settings = told.settings
      if (told.event) door.tell(told.event)
      response.end()
    })
  }
  process.on('disconnect', () => process.exit(0))
  await door.open()
  const ready = { event: 'ready', nodeId: 'n', name: 'fixture', peerPort: 1, uiUrl: door.uiUrl }
  const { FIXTURE_LOG } = process.env
  if (FIXTURE_LOG) writeFileSync(FIXTURE_LOG, `${process.pid} ${process.argv.slice(2).join(' ')}\n`, { flag: 'a' })
  process.stdout.write(`${JSON.stringify(ready)}\n`)
}

await serve()
