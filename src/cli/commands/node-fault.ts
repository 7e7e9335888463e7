import type { Clock } from '../../engine/clock.ts'
import type { OwnNode } from '../node/index.ts'

/** How long a node whose own code failed may take to end in order, in ms. */
export const lastMs = 5_000

export interface NodeFaultParts {
  node: Pick<OwnNode, 'blame' | 'close'>
  clock: Pick<Clock, 'after'>
  /** Ends the process; what nobody caught is written with `say` before. */
  exit: (code: number) => void
  say: (text: string) => void
}

/** What becomes of errors that nobody caught: a service that threw one is stopped; of the node itself nothing can be trusted then. */
export class NodeFault {
  readonly #parts: NodeFaultParts
  #happened = false

  constructor(parts: NodeFaultParts) {
    this.#parts = parts
  }

  /** The node's own code failed: however it ends now, that is a failure. */
  get happened(): boolean {
    return this.#happened
  }

  /** For the process's handler: the node gives its jobs back and ends with 1, after {@link lastMs} at the latest. */
  readonly caught = (thrown: unknown): void => {
    const { node, clock, exit, say } = this.#parts
    if (node.blame(thrown) || this.#happened) return
    this.#happened = true
    say(`${thrown instanceof Error ? thrown.stack : String(thrown)}\n`)
    const end = () => exit(1)
    clock.after(lastMs, end)
    node.close().then(end, end)
  }
}
