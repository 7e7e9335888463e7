export { Quit } from './quit.ts'
