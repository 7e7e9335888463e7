import type { ProfileName } from '../../shared/domain/profiles.ts'
import type { Config } from '../config/index.ts'
import { Dispatch, type DispatchParts } from '../dispatch/index.ts'
import type { Dispatcher, WorkerPort } from '../scheduler/index.ts'

/** What jobs by URL are opened with; the rest is theirs. */
export type DispatchWiring = Omit<DispatchParts, 'poke' | 'anybodyFree' | 'engineTimeoutMs'> & {
  config: Pick<Config, 'current'>
  dispatcher: Pick<Dispatcher, 'poke'>
  ports: () => WorkerPort[]
}

/** Jobs by URL beside the lab's own dispatcher. */
export function openDispatch({ config, dispatcher, ports, ...parts }: DispatchWiring): Promise<Dispatch> {
  return Dispatch.open({
    ...parts,
    poke: () => dispatcher.poke(),
    anybodyFree: (profiles) => ports().some((port) => isFree(port, profiles)),
    engineTimeoutMs: () => config.current().engineTimeoutS * 1000
  })
}

function isFree(port: WorkerPort, profiles: readonly ProfileName[]): boolean {
  const status = port.status()
  if (!status || (status.state !== 'idle' && status.state !== 'working') || status.busy >= status.slots) return false
  return profiles.some((profile) => status.profiles.includes(profile))
}
