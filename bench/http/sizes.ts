/** How much is asked: all of it for the record, or little to see that it works. */
export interface HttpSizes {
  rounds: number
  /** Requests of one sample. */
  requests: number
  /** Lists of one sample; each is a megabyte or so. */
  lists: number
  /** Jobs in a list. */
  listed: number
  connections: number
}

export const fullSizes: HttpSizes = { rounds: 5, requests: 8_000, lists: 400, listed: 2_000, connections: 64 }
export const quickSizes: HttpSizes = { rounds: 2, requests: 500, lists: 20, listed: 200, connections: 16 }
