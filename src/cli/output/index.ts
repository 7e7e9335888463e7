export { percent, spanText, speedText } from './amounts.ts'
export { jobEvent } from './job-line.ts'
export { type Output, openOutput, sentenceOf } from './output.ts'
export { table } from './table.ts'
