import type { Output } from '../output/index.ts'
import { barReporter } from './bar-reporter.ts'
import { jsonReporter } from './json-reporter.ts'
import { lineReporter } from './line-reporter.ts'
import type { Reporter } from './reporter.ts'

/** The reporter that fits where stdout goes. */
export function reporterFor(output: Output): Reporter {
  if (output.json) return jsonReporter(output)
  return output.stdout.isTTY ? barReporter(output) : lineReporter(output)
}

export { hasEnded, type Reporter } from './reporter.ts'
