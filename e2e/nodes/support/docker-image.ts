import { execFile } from 'node:child_process'
import { cpSync, globSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const folder = join(root, 'deploy/docker')
export const dockerfile = readFileSync(join(folder, 'Dockerfile'), 'utf8')
const [buildStage = '', lastStage = ''] = dockerfile.split(/^(?=FROM debian)/m)

/** The words that an instruction of the last stage runs, in its form as a list. */
export function listOf(instruction: 'ENTRYPOINT' | 'CMD' | 'HEALTHCHECK'): string[] {
  const lines = lastStage.replaceAll(/\\\n */g, '')
  const [, list = '[]'] = new RegExp(`^${instruction} [^[]*(\\[.*\\])$`, 'm').exec(lines) ?? []
  return JSON.parse(list)
}

/**
 * Does what a build of the image does, in so far as it can be done without Docker: builds from nothing but the files that would be
 * sent, and keeps in `image` what the last stage copies. Packages are those of this clone, not pruned ones.
 */
export async function buildImage(context: string, image: string): Promise<void> {
  const ignored = readFileSync(join(folder, 'Dockerfile.dockerignore'), 'utf8')
  for (const [, pattern = ''] of ignored.matchAll(/^!(.+)$/gm))
    for (const path of globSync(pattern, { cwd: root }))
      cpSync(join(root, path), join(context, path), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(context, 'node_modules'))
  await promisify(execFile)(process.execPath, ['scripts/build.mjs'], {
    cwd: context,
    env: { ...process.env, NODE_DISABLE_COMPILE_CACHE: '1' }
  })
  const [, removed = ''] = /rm -rf (out\/.*?) \\$/m.exec(buildStage) ?? []
  for (const path of removed.split(' ')) rmSync(join(context, path), { recursive: true })
  for (const [, name = ''] of lastStage.matchAll(/\/opt\/microtome\/([\w.]+)(?= )/g)) {
    if (name === 'node_modules') symlinkSync(join(root, name), join(image, name))
    else cpSync(join(context, name), join(image, name), { recursive: true })
  }
}
