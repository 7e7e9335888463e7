export { type ApiDocsOptions, apiDocs } from './api-docs.ts'
export { type ApiV1Options, apiV1Routes } from './api-v1-routes.ts'
