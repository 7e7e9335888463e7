import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder that holds package.json: a clone, or the unpacked part of an installed app. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** What set-up remembers between runs; goes with node_modules. */
export const memoryDir = join(root, 'node_modules', '.cache', 'microtome')

/** Speaks to the person at the terminal; never on stdout, which may be somebody's JSON. */
export const say = (/** @type {string} */ line) => void process.stderr.write(`${line}\n`)
