import { delimiter, dirname, join } from 'node:path'
import process from 'node:process'

/** 15 minutes for everything, set-up included, less what ending the last runner may take. */
const allMs = 14.5 * 60_000

/**
 * Where and how the runners run: on our Node, also for whatever they start by the name `node`.
 * @param {import('./setup-tools.mjs').SetUp} setUp
 * @returns {import('./runners.mjs').TestBed}
 */
export function testBedOf({ root, node, env }) {
  const path = [dirname(node), env.PATH ?? '', '/usr/sbin', '/sbin'].join(delimiter)
  return {
    root,
    node,
    env: { ...env, PATH: path },
    deadlineMs: Date.now() - process.uptime() * 1000 + allMs,
    reportDir: join(root, 'test-results', 'reports')
  }
}
