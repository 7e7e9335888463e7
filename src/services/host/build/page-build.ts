import { existsSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import type { Plugin, UserConfig } from 'vite'
import { conventions } from '../config/conventions.ts'
import type { ServerConfig, ServersConfig } from '../config/schema.ts'
import { HostTable } from '../listen/route-by-host.ts'

/** The page of a service, as Vite's input. */
interface Page {
  name: string
  /** Absolute path of its HTML. */
  html: string
}

/** Where the API listens while pages are developed, unless a listener says otherwise. */
const developmentApi = 'http://127.0.0.1:3001'
const socketPackages = ['socket.io-client']

/** Pages of the services that have one. `dir`: the configuration's folder. */
export function pagesOf({ servers }: ServersConfig, dir: string): Page[] {
  return servers.flatMap((server) => {
    const names = conventions(server)
    const places = [resolve(dir, 'public', names.public, names.html), resolve(dir, names.public, names.html)]
    const html = places.find((place) => existsSync(place))
    return html === undefined ? [] : [{ name: server.name, html }]
  })
}

/** What Vite is told by a `servers.config.json`: inputs, aliases, proxies of development, chunks. `dir`: its folder. */
export function pageBuild(config: ServersConfig, dir: string): UserConfig {
  const { dev, build } = config.global
  const pages = pagesOf(config, dir)
  return {
    root: dir,
    // Folders of pages are inputs, not files to copy.
    publicDir: false,
    plugins: [pageByHost(config, dir, pages)],
    resolve: { alias: aliasesOf(config, dir) },
    server: { port: dev.port, host: dev.host, strictPort: true, proxy: proxiesOf(config) },
    build: {
      outDir: resolve(dir, build.outDir),
      emptyOutDir: true,
      sourcemap: build.sourcemap,
      ...(build.chunkSizeWarningLimit !== undefined && { chunkSizeWarningLimit: build.chunkSizeWarningLimit }),
      rolldownOptions: {
        input: Object.fromEntries(pages.map(({ name, html }) => [name, html])),
        output: {
          ...(build.chunkFileNames !== undefined && { chunkFileNames: build.chunkFileNames }),
          ...(build.assetFileNames && { assetFileNames: assetNames(build.assetFileNames) }),
          codeSplitting: { groups: chunkGroups(config) }
        }
      }
    }
  }
}

/** `@name` is a service's sources; the configuration's own aliases win. */
export function aliasesOf({ servers, global }: ServersConfig, dir: string): Record<string, string> {
  const own = servers.map((server) => [`@${server.name}`, resolve(dir, 'src', conventions(server).src)])
  const configured = Object.entries(global.aliases).map(([alias, folder]) => [alias, resolve(dir, folder)])
  return Object.fromEntries([...own, ...configured])
}

/** Routes of the services, and what the host answers, go to the API; `Host` stays, so that it finds the service. */
export function proxiesOf({ servers, global }: ServersConfig) {
  const [first] = global.listeners
  const target = first ? `${first.tls ? 'https' : 'http'}://${first.host}:${first.port}` : developmentApi
  const routes = ['/api', ...servers.flatMap(({ server }) => server.routes)]
  const isLive = servers.some(usesSockets)
  const own = routes.map((path) => [path, { target, secure: false, ws: isLive }])
  const sockets = servers.some(({ server }) => server.features.socketio) ? [['/socket.io', { target, ws: true }]] : []
  const configured = global.dev.proxies.map(({ path, target: other }) => [path, { target: other, ws: isLive }])
  return Object.fromEntries([...own, ...sockets, ...configured])
}

/** A chunk is only made where a service needs what is in it. */
export function chunkGroups({ servers, global }: ServersConfig): { name: string; test: RegExp }[] {
  const { vendor, socket = socketPackages, database } = global.chunks
  const wanted = [
    { name: 'vendor', packages: vendor ?? [] },
    { name: 'socket', packages: servers.some(usesSockets) ? socket : [] },
    { name: 'database', packages: servers.some(usesDatabase) ? (database ?? []) : [] }
  ]
  return wanted.flatMap(({ name, packages }) => (packages.length > 0 ? [{ name, test: insideOf(packages) }] : []))
}

const usesSockets = ({ server: { features } }: ServerConfig) =>
  features.socketio === true || features.websocket === true
const usesDatabase = ({ server: { features }, database }: ServerConfig) =>
  features.mongodb === true || features.redis === true || (database?.type ?? null) !== null

function insideOf(packages: readonly string[]): RegExp {
  const names = packages.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('/', '[\\\\/]'))
  return new RegExp(`node_modules[\\\\/](?:${names.join('|')})[\\\\/]`)
}

function assetNames(names: NonNullable<ServersConfig['global']['build']['assetFileNames']>) {
  const ordinary = names.default ?? 'assets/[name]-[hash][extname]'
  return ({ names: [file = ''] }: { names: string[] }): string => {
    if (file.endsWith('.css')) return names.css ?? ordinary
    return /\.(png|jpe?g|gif|svg|webp|avif|ico)$/i.test(file) ? (names.images ?? ordinary) : ordinary
  }
}

/** While pages are developed: `/` and the paths of an application lead to the page of `?module=` or of `Host`. */
function pageByHost(config: ServersConfig, dir: string, pages: readonly Page[]): Plugin {
  const table = new HostTable(config, true)
  const names = pages.map(({ name }) => name)
  const proxied = Object.keys(proxiesOf(config))
  return {
    name: 'microtome-page-by-host',
    configureServer(server) {
      server.middlewares.use((request, _response, next) => {
        const path = request.url?.split('?')[0] ?? '/'
        const isVisit =
          request.headers.accept?.includes('text/html') === true &&
          !/\.\w+$/.test(path) &&
          !proxied.some((start) => path.startsWith(start))
        const module = isVisit ? table.choose(request, names.length === 0 ? undefined : names).module : undefined
        const page = pages.find(({ name }) => name === module)
        if (page) request.url = `/${relative(dir, page.html).replaceAll('\\', '/')}`
        next()
      })
    }
  }
}
