export { type ConfigSource, fileSource, ownPlace, secretsPlace } from './config/config-source.ts'
export { type Host, type HostOptions, type Listen, startHost } from './start-host.ts'
