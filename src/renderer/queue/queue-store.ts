import { create } from 'zustand'
import type { StateFilter } from './job-filter.ts'
import type { JobSort } from './job-order.ts'
import { nothingSelected, type Selection } from './selection.ts'

interface QueueState {
  state: StateFilter
  search: string
  submissionId: string | undefined
  sort: JobSort
  selection: Selection
  setState(state: StateFilter): void
  setSearch(search: string): void
  showSubmission(submissionId: string | undefined, state?: StateFilter): void
  setSort(sort: JobSort): void
  select(change: (selection: Selection) => Selection): void
}

/** What the queue shows, in which order, and what is selected. */
export const useQueue = create<QueueState>()((set) => ({
  state: 'all',
  search: '',
  submissionId: undefined,
  sort: { key: 'activity', descending: false },
  selection: nothingSelected,
  setState: (state) => set({ state }),
  setSearch: (search) => set({ search }),
  showSubmission: (submissionId, state = 'all') => set({ submissionId, state, search: '' }),
  setSort: (sort) => set({ sort }),
  select: (change) => set(({ selection }) => ({ selection: change(selection) }))
}))
