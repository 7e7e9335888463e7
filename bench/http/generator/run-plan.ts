import { Connection } from './connection.ts'
import type { Outcome, Plan, Request } from './plan.ts'

/** Bodies above are lists, which nobody reads. */
const mostOfAJob = 10_000

/** Carries out a plan. Rejects where a connection breaks. */
export async function runPlan(plan: Plan): Promise<Outcome> {
  const requests = plan.requests.map((request) => rendered(plan, request))
  const lanes = Math.min(plan.connections, plan.count)
  const connections = await Promise.all(Array.from({ length: lanes }, () => Connection.open(plan.url)))
  const numbers = Array.from({ length: plan.count }, (_, i) => i).values()
  const tally = { statuses: {} as Record<string, number>, bodyBytes: 0, jobIds: [] as string[], times: [] as number[] }
  const lane = async (connection: Connection) => {
    for (const i of numbers) {
      const request = requests[i % requests.length]
      if (!request) throw new Error('the plan has no requests')
      const askedMs = performance.now()
      const { status, body } = await connection.ask(request)
      tally.times.push(performance.now() - askedMs)
      tally.statuses[status] = (tally.statuses[status] ?? 0) + 1
      tally.bodyBytes += body.length
      const id = body.length < mostOfAJob && /"job_id":"([^"]+)"/.exec(body.toString('latin1'))?.[1]
      if (id) tally.jobIds.push(id)
    }
  }
  const startedMs = performance.now()
  const startedCpu = process.cpuUsage()
  await Promise.all(connections.map(lane)).finally(() => {
    for (const connection of connections) connection.close()
  })
  const ms = performance.now() - startedMs
  const { user, system } = process.cpuUsage(startedCpu)
  const { times, ...counted } = tally
  times.sort((a, b) => a - b)
  const quantile = (q: number) => times[Math.min(times.length - 1, Math.floor(q * times.length))] ?? 0
  return { ...counted, ms, medianMs: quantile(0.5), p99Ms: quantile(0.99), cpuMs: (user + system) / 1000 }
}

function rendered({ url, key }: Plan, { method, path, body }: Request): Buffer {
  const content =
    body === undefined ? [] : ['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`]
  const lines = [`${method} ${path} HTTP/1.1`, `Host: ${new URL(url).host}`, `X-API-Key: ${key}`, ...content, '', '']
  return Buffer.from(lines.join('\r\n') + (body ?? ''))
}
