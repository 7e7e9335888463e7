/** Workers of outside engines bear this before the engine's id; no node id has a colon. */
export const outsideEnginePrefix = 'engine:'

export function workerIdOfEngine(engineId: string): string {
  return outsideEnginePrefix + engineId
}

/** Undefined for a worker of a node. */
export function engineIdOf(workerId: string): string | undefined {
  return workerId.startsWith(outsideEnginePrefix) ? workerId.slice(outsideEnginePrefix.length) : undefined
}
