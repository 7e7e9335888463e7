/** A child process to start. */
export interface LaunchRequest {
  command: string
  args: readonly string[]
  cwd?: string | undefined
  /** Added to the environment of the engine. */
  env?: Record<string, string> | undefined
  /** Opens Node's IPC channel; the child must be a Node program. */
  ipc?: boolean | undefined
  timeoutMs?: number | undefined
  signal?: AbortSignal | undefined
  /** Between the polite and the hard kill; 2 s if absent. */
  graceMs?: number | undefined
  /** Of stdout and of stderr that is kept, the end of it; 1 MiB if absent. */
  maxOutputBytes?: number | undefined
}
