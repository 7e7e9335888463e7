export { setupDispatch } from './setup-dispatch.ts'
