import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig, type UserConfig } from 'vite'
import { pageBuild, pagesOf } from './src/services/host/build/page-build.ts'
import { parseServersText } from './src/services/host/config/parse-config.ts'

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const builtin = at('resources/servers.config.json')
const configOf = (file: string) => parseServersText(readFileSync(file, 'utf8'))

/** The pages of the product, for the browser; electron.vite.config.ts builds the very same for the desktop. */
export const page = {
  root: at('src/renderer'),
  base: './',
  plugins: [react()],
  build: {
    outDir: at('out/renderer'),
    emptyOutDir: true,
    target: 'es2023',
    // electron-vite leaves the page unminified unless told.
    minify: true,
    rolldownOptions: { input: pagesOf(configOf(builtin), dirname(builtin)).map(({ html }) => html) }
  }
} satisfies UserConfig

/** Pages of services of one's own: MICROTOME_SERVICES names their `servers.config.json` (docs/how-to/add-a-service.md). */
function ownPages(file: string): UserConfig {
  const { plugins = [], ...build } = pageBuild(configOf(file), dirname(file))
  return { ...build, plugins: [react(), plugins] }
}

const own = process.env.MICROTOME_SERVICES

export default defineConfig(own ? ownPages(resolve(own)) : page)
