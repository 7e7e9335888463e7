/** What a short command gave; `code` is undefined where it did not start, was killed or ran out of time. */
export interface RunResult {
  code: number | undefined
  stdout: string
  stderr: string
}

/** Runs a short command and waits for its end, at most `timeoutMs`. Never rejects. The engine's launcher stands behind it. */
export type Run = (file: string, args: readonly string[], options: { timeoutMs: number }) => Promise<RunResult>
