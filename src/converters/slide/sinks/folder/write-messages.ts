/** Main thread -> writing thread: files one behind the other in `bytes`, in the order in which they are to be written. */
export interface WriteRequest {
  paths: string[]
  sizes: number[]
  bytes: ArrayBuffer
  /** Their folders may be missing. */
  makeFolders: boolean
}

/** Writing thread -> main thread, one for each request in order; the memory comes back. `error`: what the system said of the first that failed. */
export interface WriteAnswer {
  bytes: ArrayBuffer
  tookMs: number
  error?: { message: string; code: string | undefined }
}
