import type { ReducedChild, ReduceOrder } from '../codec.ts'

/** A JPEG as it crosses between threads. */
type Bytes = Uint8Array<ArrayBuffer>

/** As {@link ReducedChild}: memory of its own, which is handed over, or shared memory, which stays where it is. */
export interface ChildBytes extends Omit<ReducedChild, 'jpeg' | 'head'> {
  head?: Uint8Array | undefined
  jpeg: Uint8Array
}

/** Main thread -> worker, several at a time. */
export type TurboRequest = { id: number } & (
  | { op: 'decode'; jpeg: Bytes; widthPx: number; heightPx: number; scale: 1 | 2 }
  | { op: 'encode'; pixels: Bytes; widthPx: number; heightPx: number; quality: number }
  | ({ op: 'reduce'; children: ChildBytes[] } & Omit<ReduceOrder, 'children'>)
)

/** Worker -> main thread, for each message one with all its answers. `damaged`: the JPEG, or the child `at`, can't be decoded. */
export type TurboAnswer = { id: number } & ({ bytes: Bytes } | { damaged: string; at: number } | { failed: string })
