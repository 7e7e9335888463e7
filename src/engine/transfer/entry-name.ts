import { MicrotomeError } from '../../shared/errors.ts'

const reserved = /^(con|prn|aux|nul|conin\$|conout\$|clock\$|(com|lpt)[0-9¹²³])(\.|$)/i
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused.
const forbidden = /[\u0000-\u001f\u007f<>:"|?*\\]/

/** Why a relative path with `/` can't be a file's name on every platform; undefined where it can. */
export function entryNameFault(name: string): string | undefined {
  if (name === '' || name.length > 1000) return 'is empty or too long'
  if (!name.isWellFormed()) return 'is not valid Unicode'
  if (name.startsWith('/')) return 'is absolute'
  if (forbidden.test(name)) return 'holds a forbidden character'
  for (const part of name.split('/')) {
    const fault = partFault(part)
    if (fault) return fault
  }
  return undefined
}

function partFault(part: string): string | undefined {
  if (part === '' || part === '.' || part === '..') return 'has an empty, . or .. part'
  if (part.endsWith('.') || part.endsWith(' ')) return 'ends with a dot or a space'
  if (reserved.test(part)) return 'is a reserved name of Windows'
  return Buffer.byteLength(part) > 255 ? 'has a part of more than 255 bytes' : undefined
}

/** The names of one archive so far: each must be sound, and new on a file system that ignores case and composition. */
export class EntryNames {
  readonly #kinds = new Map<string, 'file' | 'folder'>()

  /** Throws `bad-archive` for a name that can't be taken in. */
  add(name: string, kind: 'file' | 'folder' = 'file'): void {
    const fault = entryNameFault(name) ?? this.#clash(name, kind)
    if (fault) throw badArchive(`an entry's name ${fault}`)
  }

  #clash(name: string, kind: 'file' | 'folder'): string | undefined {
    const key = name.normalize('NFC').toLowerCase()
    for (let slash = key.indexOf('/'); slash >= 0; slash = key.indexOf('/', slash + 1))
      if (this.#claim(key.slice(0, slash), 'folder') === 'file') return 'is both a file and a folder'
    const before = this.#claim(key, kind)
    if (before === undefined || (before === 'folder' && kind === 'folder')) return undefined
    return before === kind ? 'occurs twice' : 'is both a file and a folder'
  }

  /** What the name was before. */
  #claim(key: string, kind: 'file' | 'folder'): 'file' | 'folder' | undefined {
    const before = this.#kinds.get(key)
    if (before === undefined) this.#kinds.set(key, kind)
    return before
  }
}

/** What arrived is not the archive that was promised. Names stay out of the message: they may be a patient's. */
export function badArchive(what: string): MicrotomeError {
  return new MicrotomeError({
    code: 'bad-archive',
    class: 'node',
    message: `The result that arrived is not usable: ${what}.`,
    hint: 'Another computer tries; if it stays, update the node that made it.'
  })
}
