import { randomBytes } from 'node:crypto'
import type { Engine } from '../../engine/engine.ts'
import type { Host } from '../../services/host/index.ts'
import { MicrotomeError } from '../../shared/errors.ts'
import type { SettingKey } from '../../shared/settings.ts'
import { childEntry } from '../entry-paths.ts'
import { productVersion } from '../product-version.ts'
import type { Faces } from './open-host.ts'

export interface OwnNodeOptions {
  dataDir: string
  overrides: Partial<Record<SettingKey, unknown>>
  configFile?: string | undefined
  /** Which HTTP faces it has besides its own door; none where absent. */
  faces?: Faces | undefined
  /** Readable log lines on stderr; they go to the log's file in any case. */
  terminal: boolean
}

/** A node that lives in this process: the engine and its HTTP faces, the local door among them. */
export interface OwnNode {
  nodeId: string
  name: string
  peerPort: number
  /** With the token; for this user only. */
  uiUrl: string
  /** Faces that listen, once for each address. */
  services: { name: string; url: string }[]
  /** Those of them that did not start, and why. */
  failed: { name: string; reason: string; hint?: string | undefined }[]
  /** Stops the service that threw what nobody caught; false where it was the node itself. Reports it in any case. */
  blame(thrown: unknown): boolean
  /** Resolves when the engine ended, also by `shutdown` over the door. */
  closed: Promise<void>
  close(): Promise<void>
}

/** Starts the node of a data folder. Throws `already-running` where another process holds it. */
export async function startNode({ dataDir, overrides, configFile, faces, terminal }: OwnNodeOptions): Promise<OwnNode> {
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
  const door = await openDoors(engine, dataDir, faces).catch(async (thrown) => {
    await engine.close()
    throw thrown
  })
  return {
    nodeId: engine.nodeId,
    name: engine.name,
    peerPort: engine.peerPort,
    uiUrl: door.uiUrl,
    services: facesOf(door.host),
    failed: door.failed,
    blame(thrown) {
      engine.onBug(thrown)
      return door.host.blame(thrown)
    },
    closed: engine.closed.then(() => door.host.close()),
    async close() {
      await engine.close()
      await door.host.close()
    }
  }
}

const doorName = 'dashboard'

async function openDoors(engine: Engine, dataDir: string, faces: Faces | undefined) {
  const { openHost } = await import('./open-host.ts')
  const token = randomBytes(32).toString('base64url')
  const host = await openHost({ engine, dataDir, faces, door: { name: doorName, token } })
  engine.beforeEnd(() => host.closeFaces())
  const [url] = host.urls()[doorName] ?? []
  if (url === undefined) throw await closedDoor(host)
  const uiUrl = `${url}/?token=${token}`
  engine.showServices(() => host.states())
  await engine.announce({ uiPort: Number(new URL(url).port), uiUrl, token })
  return { host, uiUrl, failed: await failedOf(host) }
}

async function closedDoor(host: Host): Promise<MicrotomeError> {
  const own = (await host.states()).find(({ name }) => name === doorName)
  await host.close()
  return new MicrotomeError({
    code: 'no-door',
    class: 'bug',
    message: `The node's own page could not be opened: ${own?.reason ?? 'nobody knows why'}`
  })
}

async function failedOf(host: Host): Promise<OwnNode['failed']> {
  const failed = (await host.states()).filter(({ name, state }) => state === 'failed' && name !== doorName)
  return failed.map(({ name, reason = 'nobody knows why', hint }) => ({ name, reason, hint }))
}

function facesOf(host: Host): OwnNode['services'] {
  const faces = Object.entries(host.urls()).filter(([name]) => name !== doorName)
  return faces.flatMap(([name, urls]) => urls.map((url) => ({ name, url })))
}
