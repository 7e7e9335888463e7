import { registerHooks } from 'node:module'

// Loaded before a converter child's own code: as on a machine without libjpeg-turbo, where sharp decodes.
registerHooks({
  load: (url, context, next) =>
    url.endsWith('/pixels/turbo/library.ts')
      ? { format: 'module', shortCircuit: true, source: 'export const loadTurboJpeg = () => undefined' }
      : next(url, context)
})
