import type { FastifyReply, FastifyRequest } from 'fastify'
import type { DispatchApi, DispatchJob } from '../../engine/service-api.ts'
import type { ServiceLog } from '../host/service.ts'
import type { Answers } from './answers.ts'
import type { FaceSettings } from './face-settings.ts'
import type { WordJob } from './job-json.ts'
import type { WordList } from './list-json.ts'
import type { Submissions } from './submissions.ts'

/** What the routes of this face share. */
export interface Face {
  dispatch: DispatchApi
  /** Of the product. */
  version: string
  answers: Answers
  settings: FaceSettings
  submissions: Submissions
  log: ServiceLog
  wordJob: WordJob
  wordList: WordList
}

const json = 'application/json; charset=utf-8'

export function sendJob(face: Face, request: FastifyRequest, reply: FastifyReply, job: DispatchJob): FastifyReply {
  return reply.type(json).send(face.wordJob(job, originOf(face, request)))
}

/** Sends what was put into JSON here: nothing looks at it once more. */
export function sendJson(reply: FastifyReply, text: string | Buffer): FastifyReply {
  return reply.type(json).send(text)
}

export function sendText(reply: FastifyReply, text: string): FastifyReply {
  return reply.type('text/plain; charset=utf-8').send(text)
}

/** Where the caller reached us; empty, so that addresses become relative, where its request does not say. */
export function originOf({ settings }: Face, request: FastifyRequest): string {
  if (settings.publicUrl !== undefined) return settings.publicUrl
  return /^[\w.:[\]-]{1,260}$/.test(request.host) ? `${request.protocol}://${request.host}` : ''
}
