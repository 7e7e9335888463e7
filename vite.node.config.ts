import { globSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

const root = fileURLToPath(new URL('.', import.meta.url))
/** As in .dependency-cruiser.mjs: what only tests use stays out. */
const isTest = (file: string) => /\.(test|fixture|d)\.ts$|[\\/](testing|contracts)[\\/]|fake-clock\.ts$/.test(file)

/** What runs on Node: module by module as in src, so that `new URL('../converters/child.js', import.meta.url)` finds its file. */
export default defineConfig({
  root,
  logLevel: 'warn',
  build: {
    ssr: true,
    target: 'node24',
    outDir: join(root, 'out'),
    emptyOutDir: false,
    sourcemap: true,
    rolldownOptions: {
      input: globSync('src/{shared,engine,converters,services,cli}/**/*.ts', { cwd: root })
        .filter((file) => !isTest(file))
        .map((file) => join(root, file)),
      external: /^(?![./]|[A-Za-z]:)/,
      output: {
        format: 'es',
        preserveModules: true,
        preserveModulesRoot: join(root, 'src'),
        entryFileNames: '[name].js'
      }
    }
  }
})
