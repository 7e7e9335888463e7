const keywords = [
  'and',
  'or',
  'unless',
  'on',
  'ignoring',
  'group_left',
  'group_right',
  'bool',
  'by',
  'without',
  'inf',
  'nan'
]

/** Names of the metrics that a query of ours asks for, in order; no parser of the language, but enough for what is in `deploy/`. */
export function metricNames(query: string): string[] {
  const bare = query
    .replaceAll(/"[^"]*"|\{[^}]*\}|\[[^\]]*\]/g, ' ')
    .replaceAll(/\b(by|without|on|ignoring)\s*\([^)]*\)/g, ' ')
  const words = bare.match(/\b[a-zA-Z_:][\w:]*\b(?!\s*\()/g) ?? []
  return [...new Set(words.filter((word) => !keywords.includes(word.toLowerCase())))]
}
