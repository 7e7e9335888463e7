import type { Contender, Section, Skipped } from '../section.ts'
import { figures } from './lines.ts'
import { keeps, type Verdict, verdictOf } from './verdict.ts'

const head = `# Figures of slides

Written by \`npm run bench:slides -- --write\`. Everything lies in memory, so that the disk is not the subject. Each time is a median with the
lowest and highest; all that is compared ran in turn in the same rounds, because the same machine may be three times as slow a minute
later: read the ratios, not the seconds. Ours is timed in the real converter child from the request to the answer, when everything is
written and verified. **It is not the first slide of that child**, for the engine keeps a child for the next one, and a lab drops hundreds: a
time is the median of those after the first, nine or as many as begin within 8 s. What the first takes, whose code runs for the first time,
and the start of the process stand beside it. Programs of others are timed from call to end, sharp without the start of its process. Memory
is the peak of resident memory, ours of all slides of the child; MB are 10^6 bytes.
`

/** The text of docs/figures-slides.md. */
export function slidesFile(machine: readonly string[], sections: readonly (Section | Skipped)[]): string {
  const facts = machine.map((line) => `- ${line}`).join('\n')
  return `${head}\n## The machine\n\n${facts}\n\n${sections.map(text).join('\n\n')}\n`
}

function text(section: Section | Skipped): string {
  if ('missing' in section) return `## ${section.title}\n\nNot measured: ${section.missing}.`
  const verdicts = [
    ...section.duels.flatMap((duel) => duel.goals.map((goal) => row(duel.ours, verdictOf(duel, goal), duel.peer))),
    ...(section.limits ?? []).map((limit) => row(limit.ours, keeps(limit)))
  ]
  const table = ['| Ours | Against | Ratio | Asked | |', '| --- | --- | ---: | --- | --- |', ...verdicts].join('\n')
  const all = section.duels.flatMap(({ ours, peer }) => [ours, peer])
  const commands = [...new Set(all)].map(({ name, command }) => `- ${name}: \`${command}\``).join('\n')
  const notes = section.notes.map((note) => `- ${note}`).join('\n')
  return [`## ${section.title}`, `${section.input}.`, table, commands, notes].filter((part) => part !== '').join('\n\n')
}

function row(ours: Contender, { ratio, goal, isMet }: Verdict, peer?: Contender): string {
  const against = peer ? `${peer.name}: ${figures(peer)}` : ''
  return `| ${ours.name}: ${figures(ours)} | ${against} | ${ratio} | ${goal} | ${isMet ? 'met' : '**not met**'} |`
}
