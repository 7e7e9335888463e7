/** One request as it is repeated. */
export interface Request {
  method: 'GET' | 'POST'
  /** With its query. */
  path: string
  body?: string
}

/** What the generator is to send: the requests in turn, again from the first where there are more to send. */
export interface Plan {
  /** Of the server; only its host and port count. */
  url: string
  key: string
  requests: Request[]
  count: number
  connections: number
}

/** What came of a plan. */
export interface Outcome {
  /** From the first request to the last answer. */
  ms: number
  /** Answers by status. */
  statuses: Record<string, number>
  bodyBytes: number
  /** `job_id` of each answer that is a job. */
  jobIds: string[]
  /** From request to whole answer. */
  medianMs: number
  p99Ms: number
  /** Of the generator itself. */
  cpuMs: number
}
