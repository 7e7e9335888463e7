/** Options of a distconv server. What they take is checked with the file and the environment, which have the same keys. */
export const distconvOptions = [
  'port',
  'api-key',
  'state-file',
  'log-level',
  'max-jobs',
  'database',
  'tdarr-url',
  'tdarr-api-key'
] as const
