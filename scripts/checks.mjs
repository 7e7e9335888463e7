import { runCheck, runVitest } from './runners.mjs'

/** @typedef {import('./runners.mjs').Bench} Bench */
/** @typedef {import('./runners.mjs').Result} Result */

const biome = ['node_modules/@biomejs/biome/bin/biome', 'ci', '--error-on-warnings', '.']

/**
 * Types, lint and format, arrows, what is unused, unit tests; all of them, even if one fails.
 * @param {Bench} bench
 * @returns {Promise<Result[]>}
 */
export async function runChecks(bench) {
  return [
    await runCheck(bench, 'types', ['node_modules/typescript/bin/tsc', '-b']),
    await runCheck(bench, 'lint', biome),
    await runCheck(bench, 'arrows', ['scripts/arrows.mjs']),
    await runCheck(bench, 'unused', ['node_modules/knip/bin/knip.js']),
    await runVitest(bench, 'unit', ['src', 'scripts', 'e2e/support'])
  ]
}
