import { runCheck, runVitest } from './runners.mjs'

/** @typedef {import('./runners.mjs').TestBed} TestBed */
/** @typedef {import('./runners.mjs').Result} Result */

const biome = ['node_modules/@biomejs/biome/bin/biome', 'ci', '--error-on-warnings', '.']

/**
 * Types, lint and format, arrows, what is unused, and beside them unit tests; all of them, even if one fails.
 * @param {TestBed} bed
 * @returns {Promise<Result[]>}
 */
export async function runChecks(bed) {
  const [checks, unit] = await Promise.all([
    lookAtCode({ ...bed, aside: true }),
    runVitest(bed, 'unit', ['src', 'scripts', 'e2e/support'])
  ])
  return [...checks, unit]
}

/**
 * @param {TestBed} bed
 * @returns {Promise<Result[]>}
 */
async function lookAtCode(bed) {
  return [
    await runCheck(bed, 'types', ['node_modules/typescript/bin/tsc', '-b']),
    await runCheck(bed, 'lint', biome),
    await runCheck(bed, 'arrows', ['scripts/arrows.mjs']),
    await runCheck(bed, 'unused', ['node_modules/knip/bin/knip.js'])
  ]
}
