import { profileNames } from '../../shared/domain/profiles.ts'

/** How each command is typed; the texts of the manual. */
export const usages = {
  serve:
    'microtome serve [--data DIR] [--name NAME] [--host ADDR] [--port N] [--ui-port N] [--interface NAME|none] [--peer HOST:PORT]... [--slots N] [--no-local-work] [--config FILE] [--services FILE] [--listen SERVICE=HOST:PORT]... [--json]',
  dispatch:
    'microtome dispatch [--port N] [--api-key KEY] [--max-jobs N] [--log-level DEBUG|INFO|WARN|ERROR] [--state-file FILE] [--server-conf FILE] [--data DIR] [--name NAME] [--ui-port N] [--interface NAME|none] [--peer HOST:PORT]... [--slots N] [--no-local-work] [--config FILE] [--services FILE] [--json]',
  convert:
    'microtome convert FILE... --to PROFILE --out DIR [--name PATTERN] [--set key=value]... [--data DIR] [--json]',
  submit:
    'microtome submit FILE... --to PROFILE --out DIR [--name PATTERN] [--set key=value]... [--priority stat|high|normal|low] [--data DIR] [--json]',
  jobs: 'microtome jobs [--data DIR] [--json]',
  nodes: 'microtome nodes [--data DIR] [--json]',
  status: 'microtome status [--data DIR] [--json]',
  cancel: 'microtome cancel JOB... [--data DIR] [--json]',
  retry: 'microtome retry JOB... [--data DIR] [--json]',
  hold: 'microtome hold JOB... [--data DIR] [--json]',
  release: 'microtome release JOB... [--data DIR] [--json]',
  pause: 'microtome pause [--now] [--data DIR] [--json]',
  resume: 'microtome resume [--data DIR] [--json]',
  remove: 'microtome remove NODE [--data DIR] [--json]',
  pair: 'microtome pair --open [--data DIR] [--json]  |  microtome pair HOST:PORT CODE [--data DIR] [--json]',
  keys: 'microtome keys create [--scope submit|work|read|admin]... [--label TEXT] | list | revoke ID  [--data DIR] [--json]',
  backup: 'microtome backup FILE [--data DIR] [--json]',
  doctor: 'microtome doctor [--desktop] [--data DIR] [--json]'
} as const

export type CommandName = keyof typeof usages

export const isCommand = (word: string): word is CommandName => Object.hasOwn(usages, word)

/** All usage lines, for `microtome --help` and for a command that isn't there. */
export function manual(): string {
  const lines = Object.values(usages).map((usage) => `  ${usage}`)
  return [
    'usage:',
    ...lines,
    '',
    `PROFILE is one of ${profileNames.join(', ')}.`,
    '--set exists=skip|rename|replace says what happens to a result that is there already (rename if absent).',
    '--name PATTERN says what results are called: {name} of the source, {index} in the call, {hash} of the content.',
    '--set deidentify=false keeps label, macro and words of a slide that may name a patient; they are left out otherwise.',
    '--data DIR chooses the node; MICROTOME_DATA does the same for all commands.'
  ].join('\n')
}
