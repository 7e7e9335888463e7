import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig, type UserConfig } from 'vite'

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** The page alone, for the browser; electron.vite.config.ts builds the very same for the desktop. */
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
    rolldownOptions: { input: at('src/renderer/index.html') }
  }
} satisfies UserConfig

export default defineConfig(page)
