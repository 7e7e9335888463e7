import type { BuildOrder, Built } from './build-order.ts'
import { BuildState } from './build-state.ts'
import { FinishedTiles } from './finished-tiles.ts'
import type { PyramidLevel } from './geometry.ts'
import { LevelCopy } from './level-copy.ts'
import { LevelEncoding } from './level-encoding.ts'
import type { LevelPlan } from './plan.ts'
import { Reductions } from './reductions.ts'

/**
 * Writes every tile that the geometry promises to the sink. The source levels that the plan names are walked from the top, row
 * by row. Each finished tile goes to the sink and, while its family gathers, stays in memory in its compressed form: two
 * rows of tiles a level, whatever the slide's size.
 */
export async function buildPyramid(order: BuildOrder): Promise<Built> {
  const state = new BuildState(order)
  const { presence, repair, work } = state
  if (order.resume) await order.sink.resume((level, column, row, size) => presence.add(level, column, row, size))
  state.resumed = presence.count
  try {
    await buildLevels(state)
  } finally {
    // Nothing may still read or write when the caller closes source and sink.
    await work.idle()
  }
  const { copied, encoded, resumed } = state
  return { copied, encoded, resumed, repaired: repair.repaired, presence }
}

async function buildLevels(state: BuildState): Promise<void> {
  const tiles = new FinishedTiles(state)
  const parts = { state, tiles, reductions: new Reductions(state, tiles) }
  for (const [index, plan] of state.order.plan.entries()) await buildLevel(parts, state.level(index), plan)
}

type Parts = ConstructorParameters<typeof LevelCopy>[0]

async function buildLevel(parts: Parts, level: PyramidLevel, plan: LevelPlan): Promise<void> {
  switch (plan.kind) {
    case 'copy':
      return new LevelCopy(parts, level, plan.source).run()
    case 'encode':
      return new LevelEncoding(parts, level).fromSource(plan.source, plan.scale)
    case 'resample':
      return new LevelEncoding(parts, level).fromAbove()
    case 'reduce':
      // Made as the tiles of the level above are finished.
      return
  }
}
