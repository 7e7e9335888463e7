import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Remembers why something optional failed, so that it is not tried at every start.
 * @param {string} dir
 * @param {string} key such as `electron-45.4.1`
 * @param {number} [forgetAfterMs]
 * @returns {string | undefined} the reason
 */
export function rememberedFailure(dir, key, forgetAfterMs = Number.POSITIVE_INFINITY) {
  try {
    const { atMs, reason } = JSON.parse(readFileSync(fileOf(dir, key), 'utf8'))
    return Date.now() - Number(atMs) < forgetAfterMs ? String(reason) : undefined
  } catch {
    // Never tried, or a file cut short by a crash: try (again).
    return undefined
  }
}

/**
 * @param {string} dir
 * @param {string} key
 * @param {string} reason
 */
export function rememberFailure(dir, key, reason) {
  mkdirSync(dir, { recursive: true })
  writeFileSync(fileOf(dir, key), JSON.stringify({ atMs: Date.now(), reason }))
}

/**
 * @param {string} dir
 * @param {string} key
 */
export const forgetFailure = (dir, key) => rmSync(fileOf(dir, key), { force: true })

/**
 * @param {string} dir
 * @param {string} key
 */
const fileOf = (dir, key) => join(dir, `failed-${key}.json`)
