/**
 * The known name that `name` most likely was meant to be; undefined where none is near: by default two letters, or a third of them.
 * Upper and lower case count as equal.
 */
export function nearestName(name: string, known: readonly string[], maxEdits?: number): string | undefined {
  const near = known
    .map((candidate) => ({ candidate, edits: editDistance(name.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, edits }) => edits <= (maxEdits ?? Math.max(2, Math.floor(candidate.length / 3))))
  return near.sort((a, b) => a.edits - b.edits)[0]?.candidate
}

/** Levenshtein distance, one row at a time. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let line = 1; line <= from.length; line++) {
    const next = [line]
    for (let column = 1; column <= to.length; column++) {
      const replace = (row[column - 1] ?? 0) + (from[line - 1] === to[column - 1] ? 0 : 1)
      next.push(Math.min((row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1, replace))
    }
    row = next
  }
  return row[to.length] ?? 0
}
