import { remainingMs, runMs, transferMs } from './cost.ts'
import type { PlanWorker, WaitingTask } from './plan-input.ts'

/** A task on a worker: when its slot gets free and when the task would be done, in milliseconds from now. */
export interface Slot {
  worker: PlanWorker
  startMs: number
  finishMs: number
}

/**
 * When the slots of each worker get free, from what runs there and what the plan has put there so far, tasks that are to wait
 * included. A slot that another master fills is not in it: it can't be waited for.
 */
export class Timetable {
  readonly #freeAtMs = new Map<string, number[]>()

  constructor(workers: readonly PlanWorker[]) {
    for (const worker of workers) {
      const free = Array.from({ length: Math.max(0, worker.freeSlots) }, () => 0)
      this.#freeAtMs.set(worker.nodeId, [...free, ...worker.running.map((task) => remainingMs(task, worker))])
    }
  }

  /** The earliest slot of a worker; `finishMs` is infinite where none is known to get free. */
  earliest(task: WaitingTask, worker: PlanWorker): Slot {
    const startMs = Math.min(...this.#slotsOf(worker))
    return { worker, startMs, finishMs: startMs + transferMs(task, worker) + runMs(task, worker.rates) }
  }

  take({ worker, startMs, finishMs }: Slot): void {
    const slots = this.#slotsOf(worker)
    slots[slots.indexOf(startMs)] = finishMs
  }

  /** Slots that the plan may still fill at once. */
  freeNow(worker: PlanWorker): number {
    return this.#slotsOf(worker).filter((freeAtMs) => freeAtMs === 0).length
  }

  anyFree(): boolean {
    return [...this.#freeAtMs.values()].some((slots) => slots.includes(0))
  }

  #slotsOf(worker: PlanWorker): number[] {
    return this.#freeAtMs.get(worker.nodeId) ?? []
  }
}
