/** What to do on this system to get OpenSlide; doctor and errors say the same. */
export function howToInstall(platform: NodeJS.Platform, since?: string): string {
  const otherwise = 'or name the library in the setting openslidePath'
  if (platform === 'win32')
    return 'Unpack the Windows binaries of openslide.org/download and name their libopenslide-1.dll in the setting openslidePath.'
  if (platform === 'darwin') return `Install it with "brew install openslide", ${otherwise}.`
  if (since) return `Install OpenSlide ${since} or newer (openslide.org/download), ${otherwise}.`
  return `Install it with "apt install libopenslide0" (Debian and Ubuntu; elsewhere the package openslide), ${otherwise}.`
}
