import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, onTestFinished, test, vi } from 'vitest'
import { hasPrometheus, Prometheus } from '../../src/services/metrics/testing/prometheus-process.ts'
import { buildImage, dockerfile, listOf } from './support/docker-image.ts'
import { type Line, runCli, temporaryFolder } from './support/node-process.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const dropIn = readFileSync(join(root, 'deploy/microtome.service.d/dispatch.conf'), 'utf8')
const key = 'a-key-for-these-tests'
/** Where both keep what a node keeps. */
const deployedDataDir = '/var/lib/microtome'

interface Deployed {
  address: string
  dataDir: string
  child: ChildProcess
}

/**
 * Runs the built program with the words and variables of a deployment, as far as it is safe here: in a folder of its own, on free
 * ports of 127.0.0.1. Resolves when it is ready; it ends with the test.
 */
async function deploy(words: string[], env: Record<string, string>, cwd = root): Promise<Deployed> {
  const dataDir = await temporaryFolder()
  writeFileSync(join(dataDir, 'config.json'), JSON.stringify({ host: '127.0.0.1', port: 0, interface: 'none' }))
  expect(words).toContain(deployedDataDir)
  const args = words.map((word) => (word === deployedDataDir ? dataDir : word))
  const child = spawn(process.execPath, ['out/cli/main.js', ...args, '--json'], {
    cwd,
    env: { ...process.env, ...env, DISTCONV_PORT: '0', DISTCONV_BIND_ADDRESS: '127.0.0.1' },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  let stderr = ''
  child.stderr.on('data', (part) => {
    stderr += part
  })
  onTestFinished(() => end(child))
  for await (const text of createInterface({ input: child.stdout })) {
    const line: Line & { services?: { name: string; url: string }[] } = JSON.parse(text)
    const service = line.services?.find(({ name }) => name === 'dispatch')
    if (service) return { address: service.url.replace(/\/$/, ''), dataDir, child }
  }
  throw new Error(`the node ended, or said nothing of its dispatch face: ${stderr}`)
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const closed = once(child, 'close')
  child.kill('SIGTERM')
  await closed
}

/** `NAME=value` pairs of all lines that begin with `word`. */
function variables(text: string, word: RegExp): Record<string, string> {
  const lines = text.split('\n').filter((line) => word.test(line))
  const pairs = lines.flatMap((line) => [...line.replace(word, '').matchAll(/(\w+)=(\S+)/g)])
  return Object.fromEntries(pairs.map(([, name, value]) => [name, value]))
}

const container = (cwd?: string) =>
  deploy(listOf('CMD'), { ...variables(dockerfile, /^ENV /), DISTCONV_API_KEY: key }, cwd)

const submit = (address: string) =>
  fetch(`${address}/jobs/`, {
    method: 'POST',
    headers: { 'X-API-Key': key },
    // Nobody answers there: the job waits for its next try.
    body: JSON.stringify({ source_url: 'http://127.0.0.1:9/film.mov', target_codec: 'h264' })
  })

test('the image holds what it needs to serve, and its health check tells a node that answers from one that is gone', async () => {
  const [context, image] = [await temporaryFolder(), await temporaryFolder()]
  await buildImage(context, image)
  const { address, child } = await container(image)
  const [program, flag = '', script = ''] = listOf('HEALTHCHECK')
  expect([program, flag]).toEqual(['node', '-e'])
  const check = () =>
    promisify(execFile)(process.execPath, [flag, script.replace('http://127.0.0.1:8080', address)]).then(
      () => 'healthy',
      () => 'unhealthy'
    )
  expect((await submit(address)).status).toBe(201)
  expect(await check()).toBe('healthy')
  await end(child)
  expect(await check()).toBe('unhealthy')
})

test('the unit serves it with the key of its file', async () => {
  const env = variables(dropIn, /^Environment=/)
  expect(env).toMatchObject({ DISTCONV_PORT: '8080', DISTCONV_API_KEY_FILE: '/etc/microtome/api_key' })
  const keyFile = join(await temporaryFolder(), 'api_key')
  writeFileSync(keyFile, `${key}\n`)
  const words = /main\.js (.*)$/m.exec(dropIn)?.[1]?.split(' ') ?? []
  const { address } = await deploy(words, { ...env, DISTCONV_API_KEY_FILE: keyFile })
  expect((await submit(address)).status).toBe(201)
})

test('the image listens to the outside on port 8080, asks itself every 30 s and is not run by root', () => {
  expect(variables(dockerfile, /^ENV /)).toMatchObject({ DISTCONV_BIND_ADDRESS: '0.0.0.0', DISTCONV_PORT: '8080' })
  expect(listOf('ENTRYPOINT').at(-1)).toBe('out/cli/main.js')
  for (const line of ['USER microtome', 'EXPOSE 8080 47800', 'HEALTHCHECK --interval=30s --timeout=10s --retries=3 \\'])
    expect(dockerfile.split('\n')).toContain(line)
})

test.skipIf(!hasPrometheus)('a real Prometheus finds a job of a real node', async () => {
  const { address, dataDir } = await container()
  const created = await runCli(['keys', 'create', '--scope', 'read', '--data', dataDir, '--json'])
  const prometheus = await Prometheus.start(new URL(address).host, String(created.lines[0]?.key))
  onTestFinished(() => prometheus.stop())
  expect((await submit(address)).status).toBe(201)
  for (const query of [
    'up{job="microtome"} == 1',
    'sum(microtome_dispatch_jobs) == 1',
    'sum(microtome_jobs{kind="video"}) == 1',
    'microtome_http_request_duration_seconds_count{method="POST", route="/jobs/", status="201"} == 1',
    'microtome_worker_slots > 0'
  ])
    await vi.waitFor(async () => expect(await prometheus.find(query), query).toHaveLength(1))
})
