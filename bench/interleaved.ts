/**
 * Runs each of `ways` once per round, in turn, so that a machine that is slow for a while is slow for all of them. A way answers
 * its sample; answers the samples by way.
 */
export async function interleaved<Way extends string>(
  rounds: number,
  ways: Record<Way, (round: number) => Promise<number>>
): Promise<Record<Way, number[]>> {
  const names = Object.keys(ways) as Way[]
  const samples = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Way, number[]>
  for (let round = 0; round < rounds; round++) for (const name of names) samples[name].push(await ways[name](round))
  return samples
}

/** Milliseconds that `work` takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now()
  await work()
  return performance.now() - startedMs
}
