import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { type DispatchFace, startDispatchNode, withKey } from './support/dispatch-node.ts'
import { NodeProcess, temporaryFolder } from './support/node-process.ts'

const page = readFileSync(fileURLToPath(new URL('../../docs/how-to/deploy.md', import.meta.url)), 'utf8')
const cli = fileURLToPath(new URL('../../out/cli/main.js', import.meta.url))
const isWindows = process.platform === 'win32'
if (isWindows) console.log('Backup and restore are not tried: their commands are for Linux.')

/** The commands of docs/how-to/deploy.md, in other folders and without the user that only a server has. */
async function follow(name: 'backup' | 'restore', places: Record<string, string>): Promise<void> {
  const [, commands = ''] = new RegExp(`<!-- ${name} -->\\s+\`\`\`sh\n([\\s\\S]*?)\`\`\``).exec(page) ?? []
  const here = commands
    .replaceAll('-o microtome -g microtome ', '')
    .replaceAll(/sudo (-u microtome )?/g, '')
    .replaceAll(/^(\w+)=.*$/gm, (_line, variable: string) => `${variable}='${places[variable]}'`)
  expect(here).toContain('microtome.db')
  await promisify(execFile)('sh', ['-euc', here])
}

const submitted = async (face: DispatchFace, name: string): Promise<string> =>
  (await face.submit({ source_url: `http://127.0.0.1:9/${name}.mov`, target_codec: 'h264' })).job_id

test.skipIf(isWindows)(
  'a backup of a node that runs is restored elsewhere with its jobs, keys and identity',
  async () => {
    const folder = await temporaryFolder()
    const places = { app: '', backup: join(folder, 'backup'), microtome: `${process.execPath} ${cli}` }
    const { node, face } = await startDispatchNode({ name: 'the first' })
    const ids = [await submitted(face, 'one'), await submitted(face, 'two')]
    await follow('backup', { ...places, data: node.dataDir })
    const { nodeId } = node.ready
    await submitted(face, 'too late')
    await node.stop('SIGKILL')

    const dataDir = join(folder, 'restored')
    await follow('restore', { ...places, data: dataDir })
    const restored = await NodeProcess.start({ dataDir, args: ['--listen', 'dispatch=127.0.0.1:0'] })
    expect(restored.ready.nodeId).toBe(nodeId)
    const { jobs } = await withKey({ node: restored, face }, face.key).jobs()
    expect(jobs.map(({ job_id: id }) => id).toSorted()).toEqual(ids.toSorted())
  }
)
