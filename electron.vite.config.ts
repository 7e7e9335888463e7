import { fileURLToPath } from 'node:url'
import { defineConfig } from 'electron-vite'
import { page } from './vite.page.config.ts'

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  // All bundled, so that the archive needs no packages beside it, and its integrity check covers what main runs.
  main: {
    build: {
      outDir: at('out/main'),
      externalizeDeps: false,
      rolldownOptions: {
        input: at('src/main/index.ts'),
        output: { format: 'es', entryFileNames: 'index.js' }
      }
    }
  },
  // A sandboxed preload can neither be ESM nor require anything but electron: one CommonJS file, all bundled.
  preload: {
    build: {
      outDir: at('out/preload'),
      externalizeDeps: false,
      rolldownOptions: {
        input: at('src/preload/index.ts'),
        output: { format: 'cjs', entryFileNames: 'index.cjs' }
      }
    }
  },
  renderer: page
})
