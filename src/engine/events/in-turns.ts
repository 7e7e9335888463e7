import { setImmediate } from 'node:timers/promises'

const turn = 200

/** Works through many keys without keeping the engine's one thread from anything else for long: a turn of the loop between two hundred. */
export async function inTurns<K, T>(keys: readonly K[], work: (some: readonly K[]) => Promise<T[]>): Promise<T[]> {
  const all: T[] = []
  for (let start = 0; start < keys.length; start += turn) {
    if (start > 0) await setImmediate()
    for (const one of await work(keys.slice(start, start + turn))) all.push(one)
  }
  return all
}
