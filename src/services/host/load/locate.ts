import { existsSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { MicrotomeError } from '../../../shared/errors.ts'
import { conventions } from '../config/conventions.ts'
import type { ServerConfig } from '../config/schema.ts'

/** `.ts` when the sources run as they are, `.js` in the build. */
const ending = import.meta.url.endsWith('.ts') ? '.ts' : '.js'

/** The module that sets a service up; absolute. Throws `no-service-module` with the places that were looked at. */
export function moduleOf(server: ServerConfig, dir: string): string {
  const names = conventions(server)
  const places =
    names.builtin === undefined
      ? [join('server', names.server, names.file), join(names.server, names.file), names.file].map((place) =>
          resolve(dir, place)
        )
      : [fileURLToPath(new URL(`../../${names.builtin}/index${ending}`, import.meta.url))]
  return (
    places.find(isFile) ??
    refuse(
      server,
      names.builtin === undefined ? `the module ${names.file}` : `a built-in service ${names.builtin}`,
      dir
    )
  )
}

/** Folders of a service's page, the built ones first. */
export interface PageFolders {
  roots: string[]
  html: string
  /** Bundles of all pages, where they were built. */
  assets?: string | undefined
}

/** Undefined where the service has no page. Throws `no-service-page` where it names one that is not there. */
export function pageOf(server: ServerConfig, dir: string, outDir: string): PageFolders | undefined {
  const names = conventions(server)
  const built = resolve(dir, outDir, 'public', names.public)
  const roots = [built, resolve(dir, 'public', names.public), resolve(dir, names.public)].filter(isFolder)
  if (roots.length === 0)
    return server.paths.public === undefined ? undefined : refuse(server, `the folder ${names.public}`, dir)
  const assets = resolve(dir, outDir, 'assets')
  return { roots, html: names.html, assets: roots[0] === built && isFolder(assets) ? assets : undefined }
}

function refuse(server: ServerConfig, what: string, dir: string): never {
  throw new MicrotomeError({
    code: 'no-service-file',
    class: 'input',
    message: `The service ${server.name} has no ${what.replace(/^(the|a) /, '')}.`,
    hint: `It is looked for beside the configuration, in ${dir}. docs/how-to/add-a-service.md says where each file lies.`
  })
}

const isFile = (path: string) => existsSync(path) && statSync(path).isFile()
const isFolder = (path: string) => existsSync(path) && statSync(path).isDirectory()
