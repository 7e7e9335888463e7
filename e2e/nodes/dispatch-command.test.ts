import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type CliResult, type Line, runCli, temporaryFolder } from './support/node-process.ts'

const wish = { source_url: 'http://127.0.0.1:9/input.mp4', target_codec: 'h264' }

/** Runs `microtome dispatch` in a folder of its own until `visit` is done. */
async function whileItRuns(conf: string, args: string[], visit: (url: string) => Promise<void>): Promise<CliResult> {
  const dataDir = await temporaryFolder()
  await writeFile(join(dataDir, 'config.json'), JSON.stringify({ host: '127.0.0.1', port: 0, interface: 'none' }))
  const file = join(dataDir, 'server.conf')
  await writeFile(file, conf)
  let visited: Promise<void> | undefined
  const onLine = (line: Line, child: { kill(signal: 'SIGTERM'): boolean }) => {
    if (line.event !== 'ready') return
    const [face] = line.services as { name: string; url: string }[]
    visited = visit(String(face?.url)).finally(() => child.kill('SIGTERM'))
  }
  const shared = ['--data', dataDir, '--server-conf', file, '--no-local-work', '--json']
  const result = await runCli(['dispatch', ...shared, ...args], { onLine })
  await visited
  return result
}

test('a server.conf and the options of a distconv server start the same server', async () => {
  const conf =
    'api_key = of-the-file\nport = 0\nmax_concurrent_jobs = 1\nmax_job_retries = 5\nstate_file = /var/state.json\n'
  const result = await whileItRuns(conf, ['--api-key', 'of-the-line', '--log-level', 'INFO'], async (url) => {
    const call = (path: string, key: string, body?: object) =>
      fetch(new URL(path, url), {
        headers: { 'x-api-key': key },
        ...(body && { method: 'POST', body: JSON.stringify(body) })
      })
    expect((await call('/jobs/', 'of-the-file')).status).toBe(401)
    const submitted = await call('/jobs/', 'of-the-line', wish)
    expect([submitted.status, await submitted.json()]).toEqual([201, expect.objectContaining({ max_retries: 5 })])
    await call('/jobs/', 'of-the-line', wish)
    await call('/engines/heartbeat', 'of-the-line', { engine_id: 'e' })
    expect((await call('/assign_job/', 'of-the-line', { engine_id: 'e' })).status).toBe(200)
    expect((await call('/assign_job/', 'of-the-line', { engine_id: 'e' })).status).toBe(204)
  })
  expect(result.code, result.stderr).toBe(0)
  expect(result.stderr.match(/Without a meaning here: .*state_file/g)).toHaveLength(1)
  expect(result.stderr).not.toMatch(/of-the-line|of-the-file/)
})

test('a wrong value ends the start and says what is allowed', async () => {
  const result = await whileItRuns('port = many\n', [], async () => {})
  expect(result.code).toBe(1)
  expect(JSON.stringify(result.lines)).toMatch(
    /\\"port\\" in .*server\.conf is \\"many\\".*a whole number from 0 to 65535/
  )
})

test('a key file that is not there ends the start and is named: a server that lets nobody in is none', async () => {
  const result = await whileItRuns('port = 0\napi_key_file = /nowhere/api_key\n', [], async () => {})
  expect(result.code).toBe(1)
  expect(JSON.stringify(result.lines)).toMatch(/The service dispatch could not start: .*\/nowhere\/api_key/)
})
