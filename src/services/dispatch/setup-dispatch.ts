import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import { apiDocs, apiV1Routes } from '../api-v1/index.ts'
import { addApiKeyAuth } from '../host/auth/index.ts'
import type { SetupFunction } from '../host/service.ts'
import { metricsRoutes } from '../metrics/index.ts'
import { answersOf } from './answers.ts'
import { addAssignRoute, addEngineRoutes } from './engine-routes.ts'
import type { Face } from './face.ts'
import { readFaceSettings } from './face-settings.ts'
import { jobWording } from './job-json.ts'
import { addJobReportRoutes, addJobRoutes } from './job-routes.ts'
import { addJobsRoutes } from './jobs-routes.ts'
import { acceptJsonBodies } from './json-body.ts'
import { listWording } from './list-json.ts'
import { addOutputRoute } from './output-route.ts'
import { problemHandler } from './problems.ts'
import { wordRefusal } from './refusals.ts'
import { addStoragePoolRoutes } from './storage-pool-routes.ts'
import { Submissions } from './submissions.ts'
import { addSystemRoutes, statsOf } from './system-routes.ts'
import { addTdarrRoutes } from './tdarr-routes.ts'

/** The dispatch face: jobs by URL for distconv's clients, work for its engines. Throws `bad-setting`. */
export const setupDispatch: SetupFunction = async (app, { api, serverConfig, log, signal }) => {
  const settings = readFaceSettings(serverConfig.settings)
  const answers = answersOf(settings.answers)
  const wordJob = jobWording(answers)
  const words = { wordJob, wordList: listWording(wordJob) }
  const submissions = new Submissions(api.dispatch, settings, answers)
  const { dispatch, version } = api
  const face: Face = { dispatch, version, answers, settings, submissions, log, ...words }
  if (settings.unused.length > 0) log.info(`Without a meaning here: ${settings.unused.join(', ')}`)
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  app.setErrorHandler(problemHandler(answers, log))
  acceptJsonBodies(app)
  const chosen = chosenKeyOf(settings.apiKey)
  await addApiKeyAuth(app, { keys: api.keys, chosen, body: wordRefusal, places: keyPlaces, limits: settings.limits })
  await app.register(apiDocs, { title: `${api.name}: jobs by URL`, version: api.version })
  await app.register(metricsRoutes, { api, scopes: settings.metrics === 'open' ? 'open' : ['read'] })
  addSystemRoutes(app, face)
  addJobsRoutes(app, face)
  addJobRoutes(app, face)
  addJobReportRoutes(app, face)
  // A scope of its own for what the library adds to answers.
  await app.register((scope) => addOutputRoute(scope, face))
  addEngineRoutes(app, face)
  addAssignRoute(app, face)
  addStoragePoolRoutes(app, face)
  addTdarrRoutes(app)
  await app.register(apiV1Routes, { api, signal, log, maxRetries: settings.defaultMaxRetries, submissions })
  return { getStats: () => statsOf(dispatch) }
}

/** Prometheus sends no header of another name before 2.55. */
const keyPlaces = ['x-api-key', 'bearer'] as const

const chosenKeyOf = (key: string | undefined) => (key === undefined ? [] : [{ key, label: 'of the configuration' }])
