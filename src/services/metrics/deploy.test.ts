import fastify from 'fastify'
import parsePrometheus from 'parse-prometheus-text-format'
import { expect, it } from 'vitest'
import { metricsRoutes } from './index.ts'
import { busyEngine } from './testing/busy-engine.ts'
import { alertExpressions, readDashboard } from './testing/deploy-files.ts'
import { metricNames } from './testing/promql.ts'

/** All names under which a busy node can be asked; `up` is Prometheus' own word. */
async function namesThere(): Promise<string[]> {
  const app = fastify()
  await app.register(metricsRoutes, { api: busyEngine().api })
  const answer = await app.inject('/metrics')
  await app.close()
  const parts = (name: string) => ['_bucket', '_sum', '_count'].map((part) => name + part)
  const names = parsePrometheus(answer.body).flatMap(({ name, type }) => (type === 'HISTOGRAM' ? parts(name) : [name]))
  return ['up', ...names]
}

const unknownIn = (query: string, there: string[]) => metricNames(query).filter((name) => !there.includes(name))

it('each panel of the dashboard asks for metrics that exist', async () => {
  const there = await namesThere()
  const { panels, annotations } = readDashboard()
  const queries = [...panels.flatMap(({ targets }) => targets), ...annotations.list].map(({ expr }) => expr)
  expect(queries.length).toBeGreaterThan(25)
  for (const query of queries) {
    expect(metricNames(query), query).not.toEqual([])
    expect(unknownIn(query, there), query).toEqual([])
  }
})

it('each alert asks for metrics that exist', async () => {
  const there = await namesThere()
  expect(alertExpressions()).toHaveLength(8)
  for (const query of alertExpressions()) expect(unknownIn(query, there), query).toEqual([])
})

it('all that a node says of itself is on the dashboard', async () => {
  const asked = readDashboard().panels.flatMap(({ targets }) => targets.flatMap(({ expr }) => metricNames(expr)))
  const base = (name: string) => name.replace(/_(bucket|sum|count)$/, '')
  const shown = new Set(asked.map(base))
  const own = (await namesThere()).filter((name) => name.startsWith('microtome_')).map(base)
  // What a node is called and since when it runs is a variable and an annotation.
  const elsewhere = ['microtome_node_info', 'microtome_node_start_time_seconds']
  expect(own.filter((name) => !shown.has(name) && !elsewhere.includes(name))).toEqual([])
})

it('no panel lies on another or outside of the 24 columns', () => {
  const places = readDashboard().panels.map(({ gridPos }) => gridPos)
  const cells = places.flatMap(({ x, y, w, h }) =>
    Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`)
  )
  expect(new Set(cells).size).toBe(cells.length)
  expect(places.filter(({ x, w }) => x + w > 24)).toEqual([])
})

it('names of metrics are told from functions, labels, durations and words of the language', () => {
  expect(metricNames('sum by (le) (rate(a_bucket{b="c d"}[5m])) > 0 and on (x) max(e) unless up == 1e3')).toEqual([
    'a_bucket',
    'e',
    'up'
  ])
})
