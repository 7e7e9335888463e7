import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ForkedChild, type Wish } from '../../../testing/forked-child.ts'

const preload = pathToFileURL(join(import.meta.dirname, 'die-at-share.ts')).href

/** Starts a conversion whose child is killed once it has come to `share` of it; throws if it came to its end. */
export async function killAt(share: number, wish: Wish): Promise<void> {
  const env = { NODE_OPTIONS: `--import=${preload}`, MICROTOME_TEST_DIE_AT: String(share) }
  await using child = await ForkedChild.start({}, env)
  child.send(child.wish(wish))
  await child.until(() => child.messages.some(({ type }) => type === 'converted' || type === 'failed'))
  if (child.process.signalCode !== 'SIGKILL')
    throw new Error(`the child was not killed: ${JSON.stringify(child.messages.at(-1))}`)
}
