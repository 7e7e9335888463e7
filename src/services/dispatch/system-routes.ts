import type { FastifyInstance } from 'fastify'
import type { z } from 'zod'
import type { DispatchApi } from '../../engine/service-api.ts'
import { errorAnswers, healthAnswer, statsAnswer, textAnswer } from './answer-schemas.ts'
import { statusOf } from './engine-json.ts'
import { type Face, sendJson, sendText } from './face.ts'

const tags = ['node']

/** `/`, `/health` and `/stats`. */
export function addSystemRoutes(app: FastifyInstance, face: Face): void {
  app.get(
    '/',
    { config: { scopes: 'open' }, schema: { summary: 'Say OK', tags, response: { 200: textAnswer } } },
    (_request, reply) => sendText(reply, 'OK')
  )
  app.get(
    '/health',
    {
      config: { scopes: 'open' },
      schema: { summary: 'Say how this server is', tags, response: { 200: healthAnswer } }
    },
    (_request, reply) => sendJson(reply, JSON.stringify(healthOf(face)))
  )
  app.get(
    '/stats',
    {
      config: { scopes: ['read'] },
      schema: { summary: 'Jobs, engines and speed in figures', tags, response: { 200: statsAnswer, ...errorAnswers } }
    },
    (_request, reply) => sendJson(reply, JSON.stringify(statsOf(face.dispatch)))
  )
}

function healthOf({ answers, dispatch, version }: Face): z.infer<typeof healthAnswer> {
  if (answers.shortHealth) return { status: 'healthy' }
  const { queued, held } = dispatch.figures().jobs
  return {
    status: 'healthy',
    version,
    uptime_seconds: Math.floor(process.uptime()),
    jobs_queued: queued + held,
    engines_active: dispatch.engines().filter((engine) => engine.online).length
  }
}

/** The figures of `GET /stats`; also what the window shows of this face. */
export function statsOf(dispatch: DispatchApi): z.infer<typeof statsAnswer> {
  const { jobs, avgJobMs = 0, completedLastHour } = dispatch.figures()
  const statuses = dispatch.engines().map(statusOf)
  const count = (status: string) => statuses.filter((other) => other === status).length
  const { completed, failed } = jobs
  return {
    jobs: {
      total: Object.values(jobs).reduce((sum, number) => sum + number, 0),
      pending: jobs.queued + jobs.held,
      processing: jobs.running + jobs.verifying,
      completed,
      failed,
      cancelled: jobs.cancelled
    },
    engines: {
      total: statuses.length,
      active: statuses.length - count('offline'),
      idle: count('idle'),
      busy: count('busy'),
      offline: count('offline')
    },
    performance: {
      avg_job_time: round(avgJobMs / 1000),
      jobs_per_hour: completedLastHour,
      success_rate: completed + failed === 0 ? 100 : round((completed / (completed + failed)) * 100)
    }
  }
}

const round = (value: number) => Math.round(value * 10) / 10
