import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'

const target = z.object({ expr: z.string(), legendFormat: z.string() })
const panel = z.object({
  title: z.string(),
  type: z.string(),
  gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
  targets: z.array(target).default([])
})
const dashboardFile = z.object({
  uid: z.string(),
  panels: z.array(panel),
  annotations: z.object({ list: z.array(z.object({ expr: z.string() })) })
})

export const prometheusDir = fileURLToPath(new URL('../../../../deploy/prometheus', import.meta.url))

export function readDashboard() {
  const file = new URL('../../../../deploy/grafana/microtome.dashboard.json', import.meta.url)
  return dashboardFile.parse(JSON.parse(readFileSync(file, 'utf8')))
}

/** The alerts' expressions, each on a line of its own or folded (`>-`) over the deeper lines that follow. */
export function alertExpressions(): string[] {
  const rules = readFileSync(`${prometheusDir}/microtome.rules.yml`, 'utf8')
  return [...rules.matchAll(/^( +)expr: (?:>-\n((?:\1 +.*\n)+)|(.*)\n)/gm)].map(([, , folded, plain]) =>
    (folded ?? plain ?? '').replaceAll(/\s+/g, ' ').trim()
  )
}
