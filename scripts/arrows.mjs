import { existsSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import process from 'node:process'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { cruise } from 'dependency-cruiser'
import { root } from './project.mjs'

const looked = ['src', 'bin', 'scripts', 'e2e', 'bench']
const isModule = /(?<!\.d)\.(tsx?|mjs)$/

/**
 * Checks the rules of `.dependency-cruiser.mjs` over the clone at `base`. Seeing no modules is a failure: with a TypeScript that
 * dependency-cruiser can't use it would otherwise report "no violations".
 * @param {string} base
 * @returns {Promise<{ modules: number, problems: string[] }>}
 */
export async function checkArrows(base) {
  const config = (await import(pathToFileURL(join(base, '.dependency-cruiser.mjs')).href)).default
  const folders = looked.filter((folder) => existsSync(join(base, folder)))
  const options = { ...config.options, baseDir: base, ruleSet: { forbidden: config.forbidden }, validate: true }
  const { output } = await cruise(folders, options)
  if (typeof output === 'string') throw new Error('dependency-cruiser answered text where a result was asked for')
  const seen = new Set(output.modules.map((module) => module.source))
  const unseen = folders.flatMap((folder) => modulesUnder(base, folder)).filter((file) => !seen.has(file))
  const violations = output.summary.violations.map(
    ({ rule, from, to }) => `${rule.name}: ${from} -> ${to}. ${commentOf(config, rule.name)}`
  )
  const blind = unseen.map((file) => `not-seen: dependency-cruiser did not look at ${file}.`)
  const none = seen.size === 0 ? ['not-seen: dependency-cruiser saw no module at all.'] : []
  return { modules: seen.size, problems: [...violations, ...none, ...blind] }
}

/**
 * @param {{ forbidden: { name: string, comment: string }[] }} config
 * @param {string} name
 */
const commentOf = (config, name) => config.forbidden.find((rule) => rule.name === name)?.comment ?? ''

/**
 * @param {string} base
 * @param {string} folder
 * @returns {string[]} relative, with `/`
 */
function modulesUnder(base, folder) {
  return readdirSync(join(base, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && isModule.test(entry.name))
    .map((entry) => relative(base, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { modules, problems } = await checkArrows(process.argv[2] ?? root)
  for (const problem of problems) console.error(problem)
  console.log(`arrows: ${modules} modules, ${problems.length} violations`)
  process.exitCode = problems.length > 0 ? 1 : 0
}
