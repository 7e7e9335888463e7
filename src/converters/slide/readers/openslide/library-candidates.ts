import { join } from 'node:path'

/** A file or name to hand to the system's loader; `named` where a setting says so. */
export interface LibraryCandidate {
  path: string
  named?: true
}

export interface LibraryPlaces {
  platform: NodeJS.Platform
  arch: string
  /** The setting `openslidePath`. */
  setting: string | undefined
  /** Folder `resources` of the product. */
  resourcesDir: string
}

/** Names of OpenSlide 4 and 3.4, the newer first. */
const namesBy: Partial<Record<NodeJS.Platform, string[]>> = {
  win32: ['libopenslide-1.dll', 'libopenslide-0.dll'],
  darwin: ['libopenslide.1.dylib', 'libopenslide.0.dylib']
}
const linuxNames = ['libopenslide.so.1', 'libopenslide.so.0']

/** Homebrew's and MacPorts' folders, where the loader of macOS doesn't look by itself. */
const macFolders = ['/opt/homebrew/lib', '/usr/local/lib', '/opt/local/lib']

/** Where OpenSlide may be, best first: the setting, the copy in `resources`, what the system's loader finds. */
export function libraryCandidates({ platform, arch, setting, resourcesDir }: LibraryPlaces): LibraryCandidate[] {
  const names = namesBy[platform] ?? linuxNames
  const own = names.map((name) => join(resourcesDir, 'openslide', `${platform}-${arch}`, name))
  const system = platform === 'darwin' ? macFolders.flatMap((folder) => names.map((name) => join(folder, name))) : []
  const named = setting?.trim() ? [{ path: setting.trim(), named: true as const }] : []
  return [...named, ...[...own, ...names, ...system].map((path) => ({ path }))]
}
