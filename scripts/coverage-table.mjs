import { relative, sep } from 'node:path'

/** @typedef {{ total: number, covered: number }} Part */
/** @typedef {{ statements: Part, branches: Part, functions: Part }} Parts */

const parts = /** @type {const} */ (['statements', 'branches', 'functions'])

/**
 * A Markdown table, a row for each area and one for all.
 * @param {Record<string, Parts>} summary of files, as `coverage-summary.json` has it
 * @param {string} root
 * @param {readonly string[]} areas folders below `root`
 * @returns {string[]}
 */
export function coverageTable(summary, root, areas) {
  const files = Object.entries(summary)
    .filter(([file]) => file !== 'total')
    .map(([file, counts]) => ({ file: relative(root, file).split(sep).join('/'), counts }))
  const row = (/** @type {string} */ name, /** @type {typeof files} */ these) =>
    `| ${name} | ${[these.length, ...parts.map((part) => share(these.map(({ counts }) => counts[part])))].join(' | ')} |`
  return [
    `| where | files | ${parts.join(' | ')} |`,
    '| --- | --- | --- | --- | --- |',
    ...areas.map((area) =>
      row(
        area,
        files.filter(({ file }) => file.startsWith(`${area}/`))
      )
    ),
    row('all', files)
  ]
}

/** @param {readonly Part[]} counts */
function share(counts) {
  const sum = (/** @type {keyof Part} */ key) => counts.reduce((all, count) => all + count[key], 0)
  return sum('total') === 0 ? 'none' : `${((100 * sum('covered')) / sum('total')).toFixed(1)} %`
}
