import type { Clock } from '../clock.ts'
import type { Log } from '../log/index.ts'

/** What {@link Web} takes from outside. */
export interface WebParts {
  dataDir: string
  clock: Clock
  log: Log
  settings: () => WebSettings
  /** Instead of the system's resolver. */
  resolve?: Resolve | undefined
}

/** The settings that bear on URLs and kept results; read anew for every call. */
export interface WebSettings {
  /** Hosts that URLs may name; every one where it is empty. */
  urlHosts: readonly string[]
  urlLimitBytes: number
  /** For one fetch or PUT as a whole. */
  urlTimeoutS: number
  keepResultsDays: number
}

/** All addresses of a host name. Rejects as `dns.promises.lookup` does. */
export type Resolve = (host: string) => Promise<readonly { address: string; family: number }[]>

/** Bytes that come from URLs and go to them, and results that wait here to be fetched. All of it survives a kill. */
export interface Web {
  /**
   * What can be said of a URL without asking the network: scheme, allow-list, an address that is refused. Throws `url-refused`,
   * class `input`; the message bears neither credentials nor query.
   */
  check(url: string): void
  readonly sources: WebSources
  readonly results: KeptResults
  /**
   * Sends a result file and answers its URL without credentials and query. Throws class `input` (`url-refused`, `url-denied`,
   * `url-rejected`, `url-untrusted`), `transport` (`url-unreachable`, `url-timeout`, `url-cut`, `url-failed`, `url-cancelled`) or
   * `node` (`result-not-readable`).
   */
  put(sending: Sending): Promise<string>
}

/** `path` goes to `url` as PUT, with its length and type. */
export interface Sending {
  path: string
  url: string
  signal: AbortSignal
  onProgress?: ((progress: WebProgress) => void) | undefined
}

export interface WebProgress {
  movedBytes: number
  /** Undefined where the server doesn't say. */
  totalBytes: number | undefined
}

/** Sources that are fetched from URLs, a folder of the data folder for each job. */
export interface WebSources {
  /** Where the source of a job lies once it is fetched, named as the URL's last part: known before it is there. */
  pathOf(jobId: string, url: string): string
  /**
   * Brings it there; at once where it is there already. After a cut it goes on where the server says that the file is still the same.
   * Where this throws class `transport` or is aborted (`url-cancelled`), the next call for the job goes on, too; otherwise nothing
   * is left. Throws class `input` (`url-refused`, `url-gone`, `url-denied`, `url-rejected`, `url-too-large`, `url-untrusted`),
   * `transport` (`url-unreachable`, `url-timeout`, `url-cut`, `url-failed`, `url-cancelled`) or `node` (`disk-full`, `cannot-write`).
   */
  fetch(fetching: Fetching): Promise<Fetched>
  /** For a job that has ended: stops its fetch and removes what there is. Also where there is nothing. */
  remove(jobId: string): Promise<void>
  /** Removes what belongs to jobs that have ended or that nobody knows. */
  sweep(look: LookAtJob): Promise<void>
}

export interface Fetching {
  jobId: string
  url: string
  signal: AbortSignal
  /** Called now and then, and at the end. */
  onProgress?: ((progress: WebProgress) => void) | undefined
}

export interface Fetched {
  path: string
  sizeBytes: number
}

/** What sweeps ask about the job that a folder is named after; undefined for one that is not listed any more. */
export type LookAtJob = (jobId: string) => Promise<{ endedAtMs?: number | undefined } | undefined>

/** Results that are kept on this node for `keepResultsDays` after their job's end, a folder of the data folder for each job. */
export interface KeptResults {
  /** Of the job's sink. */
  dirOf(jobId: string): string
  /** Makes it, where `needBytes` fit beside what the disk must keep free. Throws `disk-full`, class `node`. */
  prepare(jobId: string, needBytes: number): Promise<string>
  /** `output` is the path that the job says; undefined where it is not, or no longer, there. */
  find(jobId: string, output: string): Promise<KeptResult | undefined>
  remove(jobId: string): Promise<void>
  /** Removes what was kept long enough or belongs to jobs that nobody knows; answers the ids of those jobs. */
  sweep(look: LookAtJob): Promise<string[]>
}

/** As `DispatchApi.result` answers it; `type` is a media type. */
export interface KeptResult {
  path: string
  sizeBytes: number
  name: string
  type: string
}
