import { registerHooks } from 'node:module'

/** Loaded with `--import`: whoever imports `electron` gets the fake, and no download starts. */
const fake = new URL('fake-electron.ts', import.meta.url).href

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron' ? { url: fake, shortCircuit: true } : next(specifier, context)
})
