import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { SubmitInput } from '../../src/shared/contract/local.ts'
import { openDoor } from './fixture/door.ts'
import { FixtureFolders } from './fixture/folders.ts'
import { FixtureLab } from './fixture/lab.ts'
import { type Media, makeMedia } from './fixture/media.ts'
import type { FixtureParts } from './fixture/parts.ts'
import { ordinaryScenario, type Scenario } from './fixture/scenario.ts'
import { FixtureUploads } from './fixture/uploads.ts'

export interface FixtureNode {
  url: string
  lab: FixtureLab
  uploads: FixtureUploads
  submitted: readonly SubmitInput[]
  /** Cuts the page's sockets, as an engine that dies does; the page dials again. */
  cut(): void
  /** Is gone for good, as an engine that does not come back. */
  vanish(): Promise<void>
  close(): Promise<void>
}

export interface FixtureOptions {
  scenario?: Partial<Scenario>
  /** 0 picks a free one. */
  port?: number
  pageDir?: string
  /** Shared by several fixtures; whoever made it closes it. */
  media?: Media
}

const builtPage = fileURLToPath(new URL('../../out/renderer', import.meta.url))

/** A node with synthetic data behind the real door: for developing the page, for its pictures and its checks. */
export async function startFixtureNode(options: FixtureOptions = {}): Promise<FixtureNode> {
  const scenario = { ...ordinaryScenario, ...options.scenario }
  const lab = new FixtureLab(scenario)
  const uploads = new FixtureUploads()
  const media = options.media ?? (await makeMedia())
  const parts: FixtureParts = { lab, uploads, folders: new FixtureFolders(scenario.nowMs), submitted: [] }
  const { server, cut } = openDoor(parts, media, options.pageDir ?? builtPage)
  server.listen(options.port ?? 0, '127.0.0.1')
  await once(server, 'listening')
  const vanish = async () => {
    if (!server.listening) return
    cut()
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  }
  const close = async () => {
    await vanish()
    if (!options.media) await media.close()
  }
  return {
    url: `http://127.0.0.1:${portOf(server.address())}/`,
    lab,
    uploads,
    submitted: parts.submitted,
    cut,
    vanish,
    close
  }
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('The fixture node has no TCP address.')
  return address.port
}
