import type { ServerConfig } from './schema.ts'

/** What a service's files and function are called, as its entry says or by convention. */
export interface ServiceNames {
  src: string
  public: string
  html: string
  /** Folder of the module. */
  server: string
  file: string
  setupFunction: string
  /** Of a service of the product: the folder in src/services. */
  builtin?: string | undefined
}

const builtinStart = 'builtin:'

/** `1-develrun-src`, `1-develrun-public`, `server-develrun.js`, `index-develrun.html`, `setupDevelrun`. */
export function conventions({ id, name, paths, server }: ServerConfig): ServiceNames {
  const builtin = server.file?.startsWith(builtinStart) ? server.file.slice(builtinStart.length) : undefined
  const src = paths.src ?? `${id}-${name}-src`
  return {
    src,
    public: paths.public ?? `${id}-${name}-public`,
    html: paths.html ?? `index-${name}.html`,
    server: paths.server ?? src,
    file: server.file ?? `server-${name}.js`,
    setupFunction: server.setupFunction ?? `setup${pascalCase(builtin ?? name)}`,
    builtin
  }
}

/** The entry of a service of the product that no file names: `--listen dispatch=127.0.0.1:8080` needs none. */
export const impliedServer = (name: string) => ({ id: name, name, server: { file: `${builtinStart}${name}` } })

function pascalCase(name: string): string {
  return name
    .split('-')
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('')
}
