/** One conversion by somebody. */
export interface Run {
  ms: number
  /** 0 where it is not known. */
  peakMb: number
  /** From the start of the process until it takes work; absent where `ms` includes it. */
  startMs?: number
  /** The same work as the first that its process did; absent where `ms` is of that. */
  firstMs?: number
  /** Processor time of all its threads, for the same work as `ms`; 0 where it is not known. Others' load hardly changes it. */
  cpuMs: number
}

/** All runs of one way to do the work, and how anybody can repeat it. */
export interface Contender {
  name: string
  /** As typed, with short names instead of paths. */
  command: string
  runs: Run[]
}

/** What is asked of us against a peer. `aim` is what we hope for. */
export type Goal = { faster: number; aim?: number } | { within: number } | { noMoreMemory: true }

/** Ours against one peer, from the same rounds. */
export interface Duel {
  ours: Contender
  peer: Contender
  goals: Goal[]
}

/** A limit on ours alone. */
export interface Limit {
  ours: Contender
  atMostMb: number
}

/** What one measure found. */
export interface Section {
  title: string
  /** What was converted. */
  input: string
  duels: Duel[]
  limits?: Limit[]
  /** What bounds it, remarks. */
  notes: string[]
}

/** Something that could not be measured, and why. */
export interface Skipped {
  title: string
  missing: string
}

/** One way of a contest: runs once and answers how it went. */
export type Way = Omit<Contender, 'runs'> & { run: (round: number) => Promise<Run> }

/** Runs every way once per round, in turn, so that a machine that is slow for a while is slow for all of them. */
export async function inTurn<Name extends string>(
  rounds: number,
  ways: Record<Name, Way>
): Promise<Record<Name, Contender>> {
  const names = Object.keys(ways) as Name[]
  const contenders = Object.fromEntries(
    names.map((name) => [name, { name: ways[name].name, command: ways[name].command, runs: [] as Run[] }])
  ) as unknown as Record<Name, Contender>
  for (let round = 0; round < rounds; round++)
    for (const name of names) contenders[name].runs.push(await ways[name].run(round))
  return contenders
}
