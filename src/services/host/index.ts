export { type ConfigSource, fileSource, ownPlace, secretsPlace } from './config/config-source.ts'
export type { HostOptions, Listen } from './host-options.ts'
export { type Host, startHost } from './start-host.ts'
