/** One step of a breadcrumb: the word shown and the path that it leads to. */
export interface PathPart {
  name: string
  path: string
}

/** The folders from the root to `path`; takes POSIX paths, drive letters and UNC shares alike. */
export function pathParts(path: string): PathPart[] {
  const separator = separatorOf(path)
  const root = rootOf(path)
  const names = path.slice(root.length).split(separator).filter(Boolean)
  const parts: PathPart[] = root === '' ? [] : [{ name: rootName(root), path: root }]
  for (const name of names) {
    const before = parts.at(-1)?.path ?? ''
    parts.push({ name, path: joinPath(before, name, separator) })
  }
  return parts
}

/** A folder's path with a name added, in the folder's own style. */
export function joinPath(folder: string, name: string, separator = separatorOf(folder)): string {
  return folder === '' || folder.endsWith(separator) ? `${folder}${name}` : `${folder}${separator}${name}`
}

function separatorOf(path: string): string {
  return /^[A-Za-z]:|^\\\\/.test(path) ? '\\' : '/'
}

function rootOf(path: string): string {
  return /^[A-Za-z]:\\?|^\\\\[^\\]+\\[^\\]+\\?|^\//.exec(path)?.[0] ?? ''
}

function rootName(root: string): string {
  return root === '/' ? '/' : root.replace(/\\$/, '')
}
