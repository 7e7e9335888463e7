import serveStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ServerConfig } from '../config/schema.ts'
import type { PageFolders } from './locate.ts'
import { errorBody } from './ordinary-answers.ts'

/** Serves a page's files: at `/`, at `/public/<its folder>/` as deployed pages refer to them, and the bundles at `/assets/`. */
export async function addPageFiles(app: FastifyInstance, page: PageFolders, folderName: string): Promise<void> {
  const shared = { index: page.html, cacheControl: true, maxAge: '1h', dotfiles: 'deny' as const, setHeaders }
  await app.register(serveStatic, { ...shared, root: page.roots, prefix: '/' })
  await app.register(serveStatic, {
    ...shared,
    root: page.roots,
    prefix: `/public/${encodeURIComponent(folderName)}/`,
    decorateReply: false
  })
  if (page.assets !== undefined)
    await app.register(serveStatic, { ...shared, root: page.assets, prefix: '/assets/', decorateReply: false })
}

/** Files keep their name when they change: the page itself is asked for every time. */
function setHeaders(reply: Pick<FastifyReply, 'header'>, path: string): void {
  if (path.endsWith('.html')) reply.header('Cache-Control', 'no-cache')
}

/** Paths of a single-page application lead to its page, those of an API to a 404 in JSON. */
export function answerTheRest(
  app: FastifyInstance,
  page: PageFolders | undefined,
  server: ServerConfig['server']
): void {
  const skipped = ['/api', ...server.routes, ...server.skipSPA]
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] ?? '/'
    if (page && isVisit(request, path) && !skipped.some((start) => isBelow(path, start)))
      return reply.sendFile(page.html)
    return nothingThere(reply)
  })
}

/** As JSON also where a route had set the type of a file that went meanwhile. */
const nothingThere = (reply: FastifyReply) =>
  reply
    .code(404)
    .type('application/json; charset=utf-8')
    .send(errorBody('not-found', 'There is nothing at this address.'))

/** Browsers ask for pages by type; other programs get one for names that look like no file. */
function isVisit({ method, headers }: FastifyRequest, path: string): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false
  const accept = headers.accept ?? '*/*'
  return accept.includes('text/html') || (accept.includes('*/*') && !/\.\w+$/.test(path))
}

const isBelow = (path: string, start: string): boolean =>
  path === start || path.startsWith(start.endsWith('/') ? start : `${start}/`)
