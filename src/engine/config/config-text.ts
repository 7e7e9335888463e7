import {
  applyEdits,
  findNodeAtLocation,
  modify,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode
} from 'jsonc-parser'
import { MicrotomeError } from '../../shared/errors.ts'
import type { RawSettings } from './check-settings.ts'

/** A configuration file's content: its values, and where each key stands. */
export interface ConfigText {
  values: RawSettings
  /** Line of a key, counted from 1; undefined where it is not in the file. */
  lineOf(key: string): number | undefined
}

/** Reads the text of a configuration file (a BOM and nothing at all are fine). Throws `config-syntax` with line and column. */
export function parseConfigText(text: string): ConfigText {
  const content = withoutBom(text)
  if (content.trim() === '') return { values: {}, lineOf: () => undefined }
  const values = parseObject(content)
  const tree = treeOf(content, [])
  refuseDuplicates(content, tree)
  delete values.$schema
  return { values, lineOf: (key) => lineOfNode(content, tree && findNodeAtLocation(tree, [key])) }
}

/** The text with keys set, or taken out where the value is null; everything else stays as it was written. */
export function editConfigText(text: string, values: RawSettings): string {
  const content = withoutBom(text)
  const formattingOptions = { insertSpaces: !/^\t/m.test(content), tabSize: indentOf(content), eol: eolOf(content) }
  const start = content.trim() === '' ? '{}\n' : content
  return Object.entries(values).reduce(
    (edited, [key, value]) =>
      applyEdits(edited, modify(edited, [key], value === null ? undefined : value, { formattingOptions })),
    start
  )
}

function withoutBom(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text
}

function indentOf(content: string): number {
  return /^( +)\S/m.exec(content)?.[1]?.length ?? 2
}

function eolOf(content: string): string {
  return content.includes('\r\n') ? '\r\n' : '\n'
}

function parseObject(content: string): RawSettings {
  let value: unknown
  try {
    value = JSON.parse(content)
  } catch (cause) {
    throw syntaxError(content, cause)
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  throw wrongText('The configuration file holds no JSON object.', 'Begin it with { and end it with }.')
}

/** V8 tells no position for some errors, hence the second parser. */
function syntaxError(content: string, cause: unknown): MicrotomeError {
  const errors: ParseError[] = []
  treeOf(content, errors)
  const { line, column } = positionAt(content, errors[0]?.offset ?? 0)
  const words = errors[0] ? wordsOf(errors[0]) : 'something is wrong'
  return wrongText(
    `The configuration file is not JSON: ${words} at line ${line}, column ${column}.`,
    'Mend that place; the settings before the change are in force until then.',
    cause
  )
}

function treeOf(content: string, errors: ParseError[]): Node | undefined {
  try {
    return parseTree(content, errors, { disallowComments: true, allowTrailingComma: false })
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown
    throw wrongText('The configuration file is nested too deep.', 'Settings are nested three levels at most.', thrown)
  }
}

/** `CommaExpected` -> `comma expected`. */
function wordsOf(error: ParseError): string {
  return printParseErrorCode(error.error)
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
}

function positionAt(content: string, offset: number): { line: number; column: number } {
  const before = content.slice(0, offset).split('\n')
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
}

function lineOfNode(content: string, node: Node | undefined): number | undefined {
  return node && positionAt(content, (node.parent ?? node).offset).line
}

/** JSON.parse takes the last of two equal keys in silence; people mean one of them. */
function refuseDuplicates(content: string, tree: Node | undefined): void {
  const seen = new Set<unknown>()
  for (const { children, offset } of tree?.children ?? []) {
    const key: unknown = children?.[0]?.value
    if (seen.has(key))
      throw wrongText(
        `The configuration file has "${String(key)}" twice, the second time at line ${positionAt(content, offset).line}.`,
        'Keep one of them.'
      )
    seen.add(key)
  }
}

function wrongText(message: string, hint: string, cause?: unknown): MicrotomeError {
  return new MicrotomeError({ code: 'config-syntax', class: 'input', message, hint }, { cause })
}
