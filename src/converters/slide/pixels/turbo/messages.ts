import type { ReducedChild, ReduceOrder } from '../codec.ts'

/** A JPEG as it crosses between threads. */
type Bytes = Uint8Array<ArrayBuffer>

/** Main thread -> worker. */
export type TurboRequest = { id: number } & (
  | { op: 'decode'; jpeg: Bytes; widthPx: number; heightPx: number; scale: 1 | 2 }
  | { op: 'encode'; pixels: Bytes; widthPx: number; heightPx: number; quality: number }
  | ({ op: 'reduce'; children: (Omit<ReducedChild, 'jpeg'> & { jpeg: Bytes })[] } & Omit<ReduceOrder, 'children'>)
)

/** Worker -> main thread. `damaged`: the JPEG, or the child `at`, can't be decoded. */
export type TurboAnswer = { id: number } & ({ bytes: Bytes } | { damaged: string; at: number } | { failed: string })
