export { setMenu } from './set-menu.ts'
