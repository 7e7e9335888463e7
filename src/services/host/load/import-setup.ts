import { pathToFileURL } from 'node:url'
import { MicrotomeError } from '../../../shared/errors.ts'
import type { SetupFunction } from '../service.ts'

let imports = 0

/**
 * Imports a module anew, also one that was imported before: Node keeps modules by address, so each time gets a query of its own.
 * What the module imports itself stays as it was. Throws `no-setup-function` where the export is missing.
 */
export async function importSetup(file: string, exported: string): Promise<SetupFunction> {
  imports += 1
  const address = `${pathToFileURL(file).href}?v=${imports}`
  const module: Record<string, unknown> = await import(/* @vite-ignore */ address)
  const found = module[exported]
  if (isSetup(found)) return found
  throw new MicrotomeError({
    code: 'no-setup-function',
    class: 'input',
    message: `The module exports no function ${exported}.`,
    hint: `It exports ${Object.keys(module).join(', ') || 'nothing'}. Name one of them as server.setupFunction.`
  })
}

function isSetup(value: unknown): value is SetupFunction {
  return typeof value === 'function'
}
