import { restartKeys, type SettingKey, settingScope } from '../../shared/settings.ts'
import { environmentName, settingFlags } from './setting-names.ts'
import { allowedValues, schemaOf, settingKeys } from './settings-json-schema.ts'

const machineDefaultWords: Partial<Record<SettingKey, string>> = {
  name: 'host name of the computer',
  slots: '1 + a quarter of the threads, 2 GiB of memory each, at most 16',
  threads: 'what the computer or its container has',
  destination: '`~/Microtome`',
  ffmpegPath: 'looked for',
  ffprobePath: 'looked for',
  openslidePath: 'looked for'
}

/** The settings as a table in Markdown, for `docs/how-to/configuration.md`. */
export function settingsTable(): string {
  const head = ['Key', 'What it is', 'Allowed', 'Default', 'Environment', '`microtome serve`', 'Scope', 'Acts']
  const rows = [head, head.map(() => '---'), ...settingKeys.map(cells)]
  return rows.map((row) => `| ${row.join(' | ')} |`).join('\n')
}

function cells(key: SettingKey): string[] {
  const { default: initial, description = '' } = schemaOf(key)
  const flag = settingFlags[key]
  return [
    `\`${key}\``,
    description,
    allowedValues(key),
    machineDefaultWords[key] ?? `\`${JSON.stringify(initial)}\``,
    `\`${environmentName(key)}\``,
    flag === undefined ? '' : `\`${flag}\``,
    settingScope[key],
    (restartKeys as readonly string[]).includes(key) ? 'at the next start' : 'at once'
  ].map((cell) => cell.replaceAll('|', '\\|'))
}
