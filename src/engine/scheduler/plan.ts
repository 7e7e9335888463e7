import { priorities } from '../../shared/domain/jobs.ts'
import { candidatesFor, failedThere } from './candidates.ts'
import type { Plan, PlanInput, PlanWorker, WaitingTask } from './plan-input.ts'
import { type Slot, Timetable } from './timetable.ts'
import { whyRuns, whyWaits } from './why.ts'

/**
 * Who runs what. Tasks are placed one after the other, by priority and then in order, so nothing that comes later can take
 * anything from an earlier one. Each goes where it is expected to be done first:
 *
 *   finish = when a slot gets free + source transfer + run + result transfer
 *
 * which may mean to wait for a busy worker, the own one above all, rather than to travel to a free one. A task that is to wait
 * takes its place in that worker's timetable, so the next ones see the queue before them and sooner or later travel. Waiting is
 * decided anew each time, from what is running then: a task that hangs looks longer from plan to plan, so nobody starves behind it.
 */
export function plan({ waiting, workers }: PlanInput): Plan {
  const timetable = new Timetable(workers)
  const result: Plan = { assignments: [], waiting: [] }
  for (const task of byPriority(waiting)) {
    const candidates = candidatesFor(task, workers)
    const slot = timetable.anyFree() ? soonest(task, candidates, timetable) : undefined
    const scene = { task, workers, candidates, timetable }
    if (slot?.startMs === 0)
      result.assignments.push({ taskId: task.taskId, nodeId: slot.worker.nodeId, why: whyRuns(slot.worker, scene) })
    else result.waiting.push({ taskId: task.taskId, why: whyWaits(slot?.worker, scene) })
    if (slot) timetable.take(slot)
  }
  return result
}

function byPriority(waiting: readonly WaitingTask[]): WaitingTask[] {
  return waiting.toSorted((a, b) => priorities.indexOf(a.priority) - priorities.indexOf(b.priority))
}

/** A node that failed the task gets it again only where no other is known to get free. */
function soonest(task: WaitingTask, candidates: PlanWorker[], timetable: Timetable): Slot | undefined {
  const among = (workers: PlanWorker[]) =>
    workers
      .map((worker) => timetable.earliest(task, worker))
      .filter((slot) => Number.isFinite(slot.finishMs))
      .reduce<Slot | undefined>((best, slot) => (best && !isBetter(slot, best, timetable) ? best : slot), undefined)
  return among(candidates.filter((worker) => !failedThere(task, worker))) ?? among(candidates)
}

/** Of equals the own worker, then the one with more free slots: tasks that run side by side slow each other. */
function isBetter(slot: Slot, than: Slot, timetable: Timetable): boolean {
  if (slot.finishMs !== than.finishMs) return slot.finishMs < than.finishMs
  if (slot.worker.isSelf || than.worker.isSelf) return slot.worker.isSelf
  return timetable.freeNow(slot.worker) > timetable.freeNow(than.worker)
}
