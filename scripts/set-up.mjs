import { join } from 'node:path'
import process from 'node:process'
import { buildStale } from './build.mjs'
import { installMissing } from './install.mjs'
import { findNode, nodeAdvice } from './node-binary.mjs'
import { memoryDir, root, say } from './project.mjs'
import { withSetUpLock } from './set-up-lock.mjs'

/** @typedef {import('./setup-tools.mjs').SetUp} SetUp */

/** A step that nothing can go on without failed; the message is for people. */
export class SetUpError extends Error {}

/**
 * Installs what is missing, finds Node 24, runs `more`, builds what is stale: one at a time in a clone.
 * @template T
 * @param {(setUp: SetUp) => Promise<T>} more what the caller needs besides
 * @returns {Promise<{ setUp: SetUp, more: T }>}
 * @throws {SetUpError}
 */
export function setUpClone(more) {
  return withSetUpLock(join(root, '.cache', 'set-up.lock'), async () => {
    failWith(await installMissing(root, say))
    const node = findNode()
    if (!node) throw new SetUpError(nodeAdvice())
    const setUp = {
      root,
      memoryDir,
      say,
      node: node.path,
      env: process.env,
      uid: process.getuid?.(),
      osRelease: '/etc/os-release'
    }
    const done = await more(setUp)
    failWith(await buildStale({ base: root, node: node.path, say }))
    return { setUp, more: done }
  })
}

/** @param {string | undefined} reason */
function failWith(reason) {
  if (reason) throw new SetUpError(reason)
}
