import { cpSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { checkArrows } from './arrows.mjs'
import { put, temporaryFolder } from './testing/temporary-folder.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/** A small house with the real rules, in which every arrow points the right way. */
function house(): string {
  const base = temporaryFolder()
  cpSync(join(root, '.dependency-cruiser.mjs'), join(base, '.dependency-cruiser.mjs'))
  cpSync(join(root, 'package.json'), join(base, 'package.json'))
  symlinkSync(join(root, 'node_modules'), join(base, 'node_modules'))
  put(base, 'src/shared/errors.ts', 'export const shared = 1\n')
  put(base, 'src/engine/jobs/machine.ts', "export { shared } from '../../shared/errors.ts'\n")
  put(base, 'src/engine/jobs/index.ts', "export { shared } from './machine.ts'\n")
  put(base, 'src/engine/leases/index.ts', "export { shared } from '../jobs/index.ts'\n")
  put(base, 'src/engine/service-api.ts', 'export interface ServiceApi { nodeId: string }\n')
  put(base, 'src/engine/start-engine.ts', "export { shared } from './leases/index.ts'\n")
  put(base, 'src/services/dashboard/index.ts', "export type { ServiceApi } from '../../engine/service-api.ts'\n")
  put(base, 'src/cli/main.ts', "export { shared } from '../engine/start-engine.ts'\n")
  return base
}

/** One file for each rule that it breaks. */
const offences: [rule: string, file: string, content: string][] = [
  ['shared-arrows', 'src/shared/bad.ts', "export { shared } from '../engine/jobs/index.ts'\n"],
  ['engine-arrows', 'src/engine/jobs/bad.ts', "export type { Bad } from '../../cli/bad.ts'\n"],
  ['services-arrows', 'src/services/bad/index.ts', "export { shared } from '../../engine/start-engine.ts'\n"],
  ['converters-arrows', 'src/converters/bad.ts', "export { shared } from '../engine/start-engine.ts'\n"],
  ['renderer-arrows', 'src/renderer/bad.tsx', "export type { ServiceApi } from '../engine/service-api.ts'\n"],
  ['main-arrows', 'src/main/bad.ts', "export { shared } from '../engine/start-engine.ts'\n"],
  ['siblings-by-index', 'src/engine/fleet/bad.ts', "export type { shared } from '../jobs/machine.ts'\n"],
  ['engine-by-index', 'src/cli/bad.ts', "export { shared } from '../engine/jobs/machine.ts'\nexport type Bad = 1\n"],
  ['start-engine-by-index', 'src/engine/start-engine.ts', "export { shared } from './jobs/machine.ts'\n"],
  ['only-the-desktop-knows-electron', 'src/engine/bad.ts', "import { app } from 'electron'\nexport default app\n"],
  ['no-cycles', 'src/engine/jobs/circle.ts', "export { circle } from './circle-too.ts'\n"],
  ['product-without-dev-dependencies', 'src/converters/worse.ts', "export { cruise } from 'dependency-cruiser'\n"],
  ['resolvable', 'src/engine/worse.ts', "export { nothing } from './nothing.ts'\n"],
  ['tests-stay-apart', 'src/engine/worst.ts', "export { a } from './a.test.ts'\n"]
]

describe('the arrows between the areas', () => {
  test('a house whose arrows point the right way passes, and every module was seen', async () => {
    expect(await checkArrows(house())).toEqual({ modules: expect.any(Number), problems: [] })
  })

  test('every rule fails when it is broken', async () => {
    const base = house()
    for (const [, file, content] of offences) put(base, file, content)
    put(base, 'src/engine/jobs/circle-too.ts', "export { circle } from './circle.ts'\n")
    put(base, 'src/engine/a.test.ts', 'export const a = 1\n')
    const { problems } = await checkArrows(base)
    const broken = offences.filter(([rule, file]) =>
      problems.some((line) => line.startsWith(`${rule}: `) && line.includes(file))
    )
    expect(broken.map(([rule]) => rule)).toEqual(offences.map(([rule]) => rule))
  })

  test('seeing no module is a failure, not a clean house', async () => {
    const base = temporaryFolder()
    cpSync(join(root, '.dependency-cruiser.mjs'), join(base, '.dependency-cruiser.mjs'))
    put(base, 'src/readme.txt', 'no modules here')
    expect((await checkArrows(base)).problems).toEqual(['not-seen: dependency-cruiser saw no module at all.'])
  })
})
