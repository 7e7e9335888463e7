import type { BigIntStats } from 'node:fs'
import { join, sep } from 'node:path'
import { type CommitPlace, nameKey } from './commit-place.ts'
import { nameTaken, systemCode, wouldReplaceSource } from './file-errors.ts'
import { isSameFile, look } from './moves.ts'
import type { ResultToName, Target } from './result-to-name.ts'

/**
 * Whether the result may take these targets: they are free, or the user said so and nothing speaks against it. False means
 * another name; throws `would-replace-source` and `destination-taken`.
 */
export async function mayReplace(place: CommitPlace, result: ResultToName, targets: Target[]): Promise<boolean> {
  const taken = targets.filter((target) => target.existingPath !== undefined)
  if (taken.length === 0) return true
  if (result.onExists !== 'replace') return false
  const source = await follow(place, result.sourcePath)
  const verdicts: boolean[] = []
  for (const { stagedName, existingPath } of taken)
    if (existingPath !== undefined)
      verdicts.push(await mayReplaceOne(place, result, source, { stagedName, existingPath }))
  return verdicts.every((verdict) => verdict)
}

async function mayReplaceOne(
  place: CommitPlace,
  result: ResultToName,
  source: BigIntStats | undefined,
  { stagedName, existingPath }: { stagedName: string; existingPath: string }
): Promise<boolean> {
  const claim = await result.claimOn(existingPath)
  const existing = await follow(place, existingPath)
  const isSource = source !== undefined && existing !== undefined && isSameFile(source, existing)
  if (claim === 'source' || isSource || holds(place, existingPath, result.sourcePath))
    throw wouldReplaceSource(existingPath)
  const staged = await look(place, join(result.stagingDir, stagedName))
  // A folder of the user that only happens to have the name of a file, or the reverse, is not an older result.
  if (existing && staged?.isDirectory() !== existing.isDirectory()) throw nameTaken(existingPath)
  return claim !== 'output'
}

/** What a path leads to, through links; undefined for nothing. */
async function follow({ files }: CommitPlace, path: string): Promise<BigIntStats | undefined> {
  try {
    return await files.stat(path, { bigint: true })
  } catch (thrown) {
    if (systemCode(thrown) === 'ENOENT') return undefined
    throw thrown
  }
}

/** Whether a path is the other or a folder around it, by name: the source may be gone by now. */
function holds({ platform }: CommitPlace, outer: string, inner: string): boolean {
  const [outerKey, innerKey] = [nameKey(outer, platform), nameKey(inner, platform)]
  return innerKey === outerKey || innerKey.startsWith(outerKey + sep)
}
