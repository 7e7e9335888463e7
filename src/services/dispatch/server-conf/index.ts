export { type ConfSource, confEnvironment, confFile, readServerConf, type ServerConf } from './read-server-conf.ts'
