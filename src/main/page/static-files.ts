import { readFile } from 'node:fs/promises'
import { extname, isAbsolute, relative, resolve, sep } from 'node:path'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.map': 'application/json'
}

/** The page may load nothing but its own files and speak to nobody but engines on this computer. As in src/renderer/index.html. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "font-src 'self'",
  "connect-src 'self' ws://127.0.0.1:*",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'"
].join('; ')

/** Answers with a file of the built page; 404 for whatever lies elsewhere or isn't there. */
export async function serveFile(pageDir: string, pathname: string): Promise<Response> {
  const file = fileOf(pageDir, pathname)
  const type = file && types[extname(file)]
  if (!type) return notFound()
  try {
    return new Response(new Uint8Array(await readFile(file)), { headers: headersOf(type) })
  } catch (error) {
    if (isMissing(error)) return notFound()
    throw error
  }
}

/** Absolute path inside `pageDir`; undefined for a path that leads out of it or can't be read as one. */
function fileOf(pageDir: string, pathname: string): string | undefined {
  const path = decoded(pathname === '/' ? '/index.html' : pathname)
  // Backslashes and colons are separators and drives on Windows, a zero ends the name for the system.
  if (path === undefined || /[\\:\0]/.test(path)) return undefined
  const file = resolve(pageDir, `.${path}`)
  const inside = relative(pageDir, file)
  return inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside) ? undefined : file
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    // Such as "%zz": no name of a file.
    return undefined
  }
}

function headersOf(type: string): Record<string, string> {
  return {
    'content-type': type,
    'content-security-policy': contentSecurityPolicy,
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-cache'
  }
}

function isMissing(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    ['ENOENT', 'EISDIR', 'ENOTDIR', 'ENAMETOOLONG'].includes(String(error.code))
  )
}

const notFound = () => new Response('Not found', { status: 404, headers: { 'content-type': 'text/plain' } })
