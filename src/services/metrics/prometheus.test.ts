import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fastify, { type FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { addApiKeyAuth } from '../host/auth/index.ts'
import { metricsRoutes } from './index.ts'
import { busyEngine } from './testing/busy-engine.ts'
import { prometheusDir, readDashboard } from './testing/deploy-files.ts'
import { hasPrometheus, Prometheus, promtool } from './testing/prometheus-process.ts'

const run = (args: string[], input?: string) => {
  const { status, stdout, stderr } = spawnSync(promtool, args, { cwd: prometheusDir, encoding: 'utf8', input })
  return { status, said: stdout + stderr }
}

describe('the configuration for Prometheus', () => {
  it('asks every 15 s for /metrics, with a key from a file', () => {
    const config = readFileSync(join(prometheusDir, 'prometheus.yml'), 'utf8')
    for (const line of [
      'scrape_interval: 15s',
      'metrics_path: /metrics',
      'type: Bearer',
      'credentials_file: microtome.key'
    ])
      expect(config).toContain(`${line}\n`)
  })

  it.skipIf(!hasPrometheus)('is understood by promtool, and its alerts go off when they should', () => {
    for (const args of [
      ['check', 'config', '--syntax-only', 'prometheus.yml'],
      ['check', 'rules', 'microtome.rules.yml'],
      ['test', 'rules', 'microtome.rules.test.yml']
    ]) {
      const { status, said } = run(args)
      expect(status, `${args.join(' ')}: ${said}`).toBe(0)
    }
  })
})

describe.skipIf(!hasPrometheus)('a real Prometheus', () => {
  const key = 'k'.repeat(43)
  const reader = { id: '1', label: '', scopes: ['read' as const], createdAtMs: 0 }
  let app: FastifyInstance | undefined
  let prometheus: Prometheus
  let node: string

  beforeAll(async () => {
    app = fastify()
    const keys = { check: (shown: string) => (shown === key ? reader : undefined) }
    await addApiKeyAuth(app, { keys, places: ['x-api-key', 'bearer'] })
    await app.register(metricsRoutes, { api: busyEngine().api })
    node = await app.listen({ host: '127.0.0.1', port: 0 })
    await (await fetch(`${node}/nothing/here`)).text()
    prometheus = await Prometheus.start(new URL(node).host, key)
  })
  afterAll(async () => {
    await prometheus?.stop()
    await app?.close()
  })

  it('scrapes a node that asks for a key', async () => {
    await vi.waitFor(async () => expect(await prometheus.find('up{job="microtome"} == 1')).toHaveLength(1))
    for (const query of [
      'microtome_node_info{name="Pathology 3", version="1.2.3"}',
      'microtome_jobs_ended_total{kind="video", outcome="failed"} == 1'
    ])
      expect(await prometheus.find(query), query).toHaveLength(1)
  })

  it('finds something for each panel of the dashboard', async () => {
    for (const { title, targets } of readDashboard().panels)
      for (const { expr } of targets) {
        const query = expr.replaceAll('$__rate_interval', '1m').replaceAll('$instance', '.+')
        await vi.waitFor(async () => expect(await prometheus.find(query), `${title}: ${query}`).not.toHaveLength(0))
      }
  })

  it('evaluates the alerts', async () => {
    await vi.waitFor(async () => expect(await prometheus.alertHealth()).toEqual(Array(8).fill('ok')))
  })

  it('has nothing to say against the names and types of our metrics', async () => {
    const text = await (await fetch(`${node}/metrics`, { headers: { 'x-api-key': key } })).text()
    const { said } = run(['check', 'metrics'], text)
    expect(said.split('\n').filter((line) => line.includes('microtome_') || line.includes('error'))).toEqual([])
  })
})
