import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type ConfigSource, fileSource } from '../config/config-source.ts'

/** A folder with a `servers.config.json` and what it names, as somebody who adds a service lays it out. */
export class ServiceFolder {
  readonly dir: string
  /** Tells the host that a file changed, as watching it does; set while a host watches. */
  changed: () => void = () => {}

  private constructor(dir: string) {
    this.dir = dir
  }

  static async make(): Promise<ServiceFolder> {
    return new ServiceFolder(await mkdtemp(join(tmpdir(), 'microtome-services-')))
  }

  path = (name: string): string => join(this.dir, name)

  async write(name: string, content: string | object): Promise<void> {
    const path = this.path(name)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content, null, 2))
  }

  /** The configuration of this folder, named as `--services` names it, or found. */
  source(isNamed = true): ConfigSource {
    const file = this.path('servers.config.json')
    return fileSource({
      file: isNamed ? file : undefined,
      places: [this.path('absent.json'), file],
      builtin: this.path('builtin.json'),
      lastGoodFile: this.path('last-good.json'),
      watchFile: (_path, changed) => {
        this.changed = changed
        return { close: () => {} }
      }
    })
  }

  remove = (): Promise<void> => rm(this.dir, { recursive: true, force: true })
}

/** The source of a module whose `/name` answers `text`. */
export const moduleSaying = (setup: string, text: string): string => `
export function ${setup}(app, { serverName }) {
  app.get('/name', async () => ({ name: serverName, text: ${JSON.stringify(text)} }))
  return { getStats: () => ({ text: ${JSON.stringify(text)} }) }
}
`
