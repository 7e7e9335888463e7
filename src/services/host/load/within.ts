/** What `work` gives if it gives it in time; else throws a plain Error. The work itself goes on. */
export async function withinMs<T>(work: Promise<T>, limitMs: number): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`Nothing came within ${limitMs / 1000} s.`)), limitMs)
  try {
    return await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
  }
}
