import type { Config } from '../config/index.ts'
import type { EventHub } from '../events/index.ts'
import type { EngineLog } from '../log/index.ts'
import type { ToolsMonitor } from '../metrics/index.ts'
import type { Dispatcher } from '../scheduler/index.ts'
import type { Worker } from '../worker/index.ts'
import type { Network } from './network.ts'

export interface FollowParts {
  config: Config
  log: EngineLog
  worker: Worker
  network: Network
  tools: ToolsMonitor
  events: EventHub
  dispatcher: Dispatcher
  onBug: (thrown: unknown) => void
}

/** Hands changed settings to the parts that act on them while running. Answers how to stop. */
export function followSettings(parts: FollowParts): () => void {
  return parts.config.onChange(({ settings, changed }) => {
    const has = (...keys: typeof changed) => keys.some((key) => changed.includes(key))
    if (has('logLevel')) parts.log.setLevel(settings.logLevel)
    if (has('slots', 'threads', 'localWork', 'availability')) parts.worker.setSettings(settings)
    if (has('name')) parts.network.fleet.setName(settings.name)
    if (has('peers')) parts.network.fleet.setPeers(settings.peers)
    if (has('ffmpegPath', 'ffprobePath')) parts.tools.search({ settings }).catch(parts.onBug)
    parts.events.emit('status', undefined)
    parts.events.emit('nodes', undefined)
    parts.dispatcher.poke()
  })
}
