export { notifyProblem, ProblemNote } from './problem-note.tsx'
