import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** Files that leak on purpose; run by leaks.test.ts only. */
export default defineConfig({
  root: at('.'),
  test: { include: ['*.leak.ts'], setupFiles: [at('../leaks.ts')] }
})
