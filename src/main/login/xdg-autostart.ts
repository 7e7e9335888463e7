import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** How this program is started at login. */
export interface LoginCommand {
  program: string
  args: readonly string[]
}

/** Text of the entry (https://specifications.freedesktop.org/autostart-spec). */
export function autostartEntry({ program, args }: LoginCommand): string {
  const lines = [
    '[Desktop Entry]',
    'Type=Application',
    'Name=Microtome',
    'Comment=Converts slides, images and videos for the lab',
    `Exec=${[program, ...args].map(quoted).join(' ')}`,
    'Terminal=false',
    'X-GNOME-Autostart-enabled=true'
  ]
  return `${lines.join('\n')}\n`
}

/**
 * An argument of Exec: quoted, with " ` $ \ escaped in the quotes, every backslash again for the string, and % doubled
 * (https://specifications.freedesktop.org/desktop-entry-spec, "The Exec key").
 */
function quoted(argument: string): string {
  const inQuotes = argument.replaceAll(/["`$\\]/g, String.raw`\$&`)
  return `"${inQuotes.replaceAll('\\', '\\\\').replaceAll('%', '%%')}"`
}

/** Writes the entry of this user, unless it says the same already. */
export function writeAutostart(configDir: string, entry: string): void {
  const file = fileIn(configDir)
  if (existsSync(file) && readFileSync(file, 'utf8') === entry) return
  mkdirSync(join(configDir, 'autostart'), { recursive: true })
  writeFileSync(file, entry)
}

/** Removes it; fine where there is none. */
export function removeAutostart(configDir: string): void {
  rmSync(fileIn(configDir), { force: true })
}

const fileIn = (configDir: string) => join(configDir, 'autostart', 'microtome.desktop')
