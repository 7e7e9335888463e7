import { delimiter, dirname, join } from 'node:path'
import process from 'node:process'
import { memoryDir } from './project.mjs'
import { unpackedPaths } from './setup-tools.mjs'

/** Everything takes less than 15 minutes on two idle cores; a machine that is three times slower is not a failed test. */
const allMs = 45 * 60_000

/**
 * Where and how the runners run: on our Node, also for whatever they start by the name `node`.
 * @param {import('./setup-tools.mjs').SetUp} setUp
 * @returns {import('./runners.mjs').TestBed}
 */
export function testBedOf({ root, node, env }) {
  const path = [dirname(node), env.PATH ?? '', '/usr/sbin', '/sbin', ...unpackedPaths(memoryDir)].join(delimiter)
  return {
    root,
    node,
    // Hundreds of processes are started, most of the same few programs: what was compiled once is not compiled again.
    env: { ...env, PATH: path, NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'compiled') },
    deadlineMs: Date.now() - process.uptime() * 1000 + allMs,
    reportDir: join(root, 'test-results', 'reports')
  }
}
