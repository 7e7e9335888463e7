export { pageRequests } from './page-requests.ts'
export { type Caller, serveRequests } from './serve-requests.ts'
