/** As pino has them. Fields carry node ids and addresses, never a file's name. */
export interface FleetLog {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}

/** Node ids in log lines: enough of it to tell nodes apart. */
export function short(nodeId: string): string {
  return nodeId.slice(0, 7)
}
