import { expect, test } from 'vitest'
import { startBrowser } from './start-browser.mjs'
import { fakeClone } from './testing/fake-clone.ts'

/** A command line whose `serve` and `status` do what the test says; what `npm start` told and its exit code. */
async function start(commands: { serve: string; status?: string }, args: string[] = []) {
  const root = fakeClone(`
    const [command, ...rest] = process.argv.slice(2)
    const say = (value) => console.log(JSON.stringify(value))
    if (command === 'serve') { ${commands.serve} }
    else { ${commands.status ?? ''} }`)
  const said: string[] = []
  const say = (line: string) => void said.push(line)
  const setUp = { root, node: process.execPath, memoryDir: root, say, env: { PATH: '' }, uid: 0, osRelease: '' }
  return { code: await startBrowser(setUp, args, 'there is no display here'), said }
}

test('one line says where the page is and why it is not the desktop', async () => {
  const { code, said } = await start({ serve: "say({ event: 'ready', uiUrl: 'http://127.0.0.1:1/?token=t' })" })
  expect(said).toEqual([
    'Microtome is ready in the browser (there is no display here): http://127.0.0.1:1/?token=t',
    'Ctrl-C ends it.'
  ])
  expect(code).toBe(0)
})

test('options reach the node, and its exit code comes back', async () => {
  const serve = "say({ event: 'ready', uiUrl: rest.join(' ') }); process.exitCode = 3"
  const { code, said } = await start({ serve }, ['--port', '0'])
  expect([code, said[0]]).toEqual([3, expect.stringContaining('--json --port 0')])
})

test('a node that runs already is shown instead, the one of the same data folder', async () => {
  const running = {
    serve: "say({ event: 'error', error: { code: 'already-running', message: '' } }); process.exitCode = 1",
    status: "say({ event: 'status', uiUrl: 'http://' + rest.join(' ') })"
  }
  const { code, said } = await start(running, ['--port', '0', '--data', '/d'])
  expect([code, said]).toEqual([0, ['Microtome runs already: http://--json --data /d']])
})

test('a node that can’t start says why in a sentence', async () => {
  const serve =
    "say({ event: 'error', error: { code: 'port-in-use', message: 'Taken.', hint: 'Free it.' } }); process.exitCode = 1"
  expect(await start({ serve })).toEqual({ code: 1, said: ['Taken. Free it.'] })
})
