export { type DataFolder, openDataFolder } from './data-folder.ts'
export { type MachineFacts, machineDefaults } from './machine-defaults.ts'
export { type Config, type ConfigChange, type ConfigLog, type ConfigOptions, openConfig } from './open-config.ts'
export { type RunInfo, readRunFile } from './run-file.ts'
