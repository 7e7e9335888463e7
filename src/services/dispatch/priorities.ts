import type { Priority } from '../../shared/domain/jobs.ts'

const byNumber = ['normal', 'high', 'stat'] as const satisfies Priority[]

/** 0 normal, 1 high, 2 urgent. */
export type PriorityNumber = 0 | 1 | 2

export function priorityOf(number: PriorityNumber): Priority {
  return byNumber[number]
}

/** `low` has no number there: it is said to be normal. */
export function numberOf(priority: Priority): PriorityNumber {
  switch (priority) {
    case 'stat':
      return 2
    case 'high':
      return 1
    case 'normal':
    case 'low':
      return 0
  }
}
