import { randomBytes } from 'node:crypto'
import type { Engine } from '../../engine/start-engine.ts'
import type { Dashboard } from '../../services/dashboard/index.ts'
import type { SettingKey } from '../../shared/settings.ts'
import { childEntry, pageDir } from '../entry-paths.ts'
import { productVersion } from '../product-version.ts'

export interface OwnNodeOptions {
  dataDir: string
  overrides: Partial<Record<SettingKey, unknown>>
  configFile?: string | undefined
  /** Readable log lines on stderr; they go to the log's file in any case. */
  terminal: boolean
}

/** A node that lives in this process: the engine and its local door. */
export interface OwnNode {
  nodeId: string
  name: string
  peerPort: number
  /** With the token; for this user only. */
  uiUrl: string
  /** Resolves when the engine ended, also by `shutdown` over the door. */
  closed: Promise<void>
  close(): Promise<void>
}

/** Starts the node of a data folder. Throws `already-running` where another process holds it. */
export async function startNode({ dataDir, overrides, configFile, terminal }: OwnNodeOptions): Promise<OwnNode> {
  // Loaded here only: most commands just talk to a node and should not wait for all that one needs.
  const { startEngine } = await import('../../engine/start-engine.ts')
  const engine = await startEngine({
    dataDir,
    overrides,
    configFile,
    childEntry,
    nodePath: process.execPath,
    version: productVersion(),
    terminal: terminal ? process.stderr : undefined
  })
  const dashboard = await openDashboard(engine).catch(async (thrown) => {
    await engine.close()
    throw thrown
  })
  return {
    nodeId: engine.nodeId,
    name: engine.name,
    peerPort: engine.peerPort,
    uiUrl: dashboard.url,
    closed: engine.closed.then(() => dashboard.close()),
    async close() {
      await engine.close()
      await dashboard.close()
    }
  }
}

async function openDashboard(engine: Engine): Promise<Dashboard> {
  const { startDashboard } = await import('../../services/dashboard/index.ts')
  const token = randomBytes(32).toString('base64url')
  const dashboard = await startDashboard({ api: engine.api, port: engine.uiPort, token, pageDir, onBug: engine.onBug })
  await engine.announce({ uiPort: dashboard.port, uiUrl: dashboard.url, token })
  return dashboard
}
