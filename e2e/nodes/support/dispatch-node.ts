import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { DispatchFace } from '../../support/outside-engine/dispatch-face.ts'
import { type FileServer, startFileServer } from '../../support/outside-engine/file-server.ts'
import { type EngineTraits, OutsideEngine } from '../../support/outside-engine/outside-engine.ts'
import { type NodeOptions, NodeProcess, runCli, temporaryFolder } from './node-process.ts'

export type { DispatchFace, ShownJob } from '../../support/outside-engine/dispatch-face.ts'
export type { FileServer } from '../../support/outside-engine/file-server.ts'
export type { OutsideEngine } from '../../support/outside-engine/outside-engine.ts'

/** A node whose dispatch face listens, and a key that may do everything there. */
export interface DispatchNode {
  node: NodeProcess
  face: DispatchFace
}

/** Starts the built program on 127.0.0.1, with these settings of the face; it ends with the test. */
export async function startDispatchNode({
  settings,
  ...options
}: NodeOptions & { settings?: Record<string, unknown> } = {}): Promise<DispatchNode> {
  const dataDir = options.dataDir ?? (await temporaryFolder())
  const entry = { id: 'dispatch', name: 'dispatch', server: { file: 'builtin:dispatch' }, settings }
  if (settings) await writeFile(join(dataDir, 'servers.config.json'), JSON.stringify({ servers: [entry] }))
  const key = await createKey(dataDir, 'admin')
  const args = ['--listen', 'dispatch=127.0.0.1:0', ...(options.args ?? [])]
  const node = await NodeProcess.start({ ...options, dataDir, args })
  return { node, face: new DispatchFace(() => faceUrl(node), key) }
}

/** Makes a key as a person does; answers what callers send. */
export async function createKey(dataDir: string, scope: string): Promise<string> {
  const { code, lines, stderr } = await runCli(['keys', 'create', '--scope', scope, '--data', dataDir, '--json'])
  const key = lines[0]?.key
  if (code !== 0 || typeof key !== 'string') throw new Error(`no key was made: ${code} ${stderr}`)
  return key
}

/** The same face for somebody with another key. */
export const withKey = ({ node }: DispatchNode, key: string): DispatchFace => new DispatchFace(() => faceUrl(node), key)

/** A server of sources and results that closes with the test. */
export const fileServer = (): Promise<FileServer> => startFileServer(onTestFinished)

/** An engine that dies with the test. */
export const startOutsideEngine = (
  face: DispatchFace,
  id: string,
  files: FileServer,
  traits: EngineTraits = {}
): Promise<OutsideEngine> => new OutsideEngine(face, id, files.url('/results'), traits).start(onTestFinished)

function faceUrl({ ready, stderr }: NodeProcess): string {
  const url = ready.services?.find(({ name }) => name === 'dispatch')?.url
  if (url === undefined) throw new Error(`the node says nothing of its dispatch face: ${stderr}`)
  return url
}
