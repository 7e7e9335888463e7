export { openWeb } from './open-web.ts'
export { publicUrl } from './url-text.ts'
export type {
  Fetched,
  Fetching,
  KeptResult,
  KeptResults,
  LookAtJob,
  Sending,
  Web,
  WebParts,
  WebProgress,
  WebSettings,
  WebSources
} from './web.ts'
