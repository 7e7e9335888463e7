/** The groups of a key file as GLib reads it (`[group]`, `key = value`); what is neither is left out. */
export function parseIni(text: string): Map<string, Map<string, string>> {
  const groups = new Map<string, Map<string, string>>()
  let group = new Map<string, string>()
  for (const line of text.replace(/^\ufeff/, '').split('\n')) {
    const bare = line.trim()
    const equals = bare.indexOf('=')
    if (bare.startsWith('[') && bare.endsWith(']')) {
      const name = bare.slice(1, -1)
      group = groups.get(name) ?? new Map()
      groups.set(name, group)
    } else if (equals > 0 && !/^[#;]/.test(bare)) group.set(bare.slice(0, equals).trim(), bare.slice(equals + 1).trim())
  }
  return groups
}

/** What stands before the first group (a mark of UTF-8, comments) is short. */
const headChars = 4096
const hamamatsuGroup =
  /^(?:\u00ef\u00bb\u00bf|\ufeff)?(?:[#;][^\n]*\n|\s)*\[((?:Uncompressed )?Virtual Microscope Specimen)\]/

/** VMS and VMU by the group that they begin with; `head` as latin1 or UTF-8. */
export function hamamatsuFormat(head: string): string | undefined {
  const group = hamamatsuGroup.exec(head.slice(0, headChars))?.[1]
  if (group === undefined) return undefined
  return group.startsWith('U') ? 'Hamamatsu VMU' : 'Hamamatsu VMS'
}
