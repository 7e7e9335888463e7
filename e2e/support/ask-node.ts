import { setImmediate as nextTurn } from 'node:timers/promises'
import { jobs, nodes } from '../../src/cli/commands/lists.ts'
import { type Door, openDoor } from '../../src/cli/node/index.ts'
import type { Output } from '../../src/cli/output/index.ts'
import { MicrotomeError } from '../../src/shared/errors.ts'

const commands = { jobs, nodes }

/** One JSON line of the command line's output. */
export type Line = Record<string, unknown> & { event: string }

/**
 * The lines of `microtome jobs` or `nodes`, by the command's own code in this process: tests ask again and again, and a process
 * for each question would take a core from what they wait for. Nothing where no node answers.
 */
export async function askNode(dataDir: string, command: keyof typeof commands): Promise<Line[]> {
  const door = await answeringDoor(dataDir)
  if (!door) return []
  const lines: Line[] = []
  let isGone = false
  const gone = door.closed.then(() => {
    isGone = true
  })
  try {
    await Promise.race([commands[command](door.client, into(lines)), gone])
    return isGone ? [] : lines
  } catch (error) {
    await nextTurn()
    if (isGone) return []
    throw error
  } finally {
    door.close()
    await gone
  }
}

/** Undefined also where the node is only starting, ending, or held up. */
async function answeringDoor(dataDir: string): Promise<Door | undefined> {
  try {
    return await openDoor(dataDir)
  } catch (error) {
    if (error instanceof MicrotomeError && error.code === 'not-answering') return undefined
    throw error
  }
}

const into = (lines: Line[]): Output => ({
  json: true,
  stdout: process.stdout,
  event: (line) => void lines.push(line),
  answer: (answer) => void lines.push({ event: 'answer', ...answer }),
  line: () => undefined,
  failure: (thrown) => {
    throw thrown
  },
  flush: async () => undefined
})
