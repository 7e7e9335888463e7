/** One element of an XML text with the words right behind its start; nesting is left to the reader. */
export interface XmlElement {
  /** Without its namespace. */
  readonly name: string
  /** Unescaped, by name; made when they are asked for. */
  readonly attributes: ReadonlyMap<string, string>
  readonly text: string
}

/** Joints of a Ventana slide of 200,000 tiles; what a hostile file has beyond costs no time. */
const maxElements = 400_000
/** Attributes of one element: more would fill the stack of the regular expression. */
const element = /<([A-Za-z_][\w:.-]*)((?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*')){0,200})\s*\/?>([^<]*)/g

/** The first element of a name; undefined if there is none. */
export function firstElement(xml: string, name: string): XmlElement | undefined {
  for (const element of xmlElements(xml)) if (element.name === name) return element
  return undefined
}

/** The elements of an XML text in order. Broken XML gives those that can be made out; beyond 400,000 it ends. */
export function* xmlElements(xml: string): Generator<XmlElement> {
  let left = maxElements
  for (const [, name = '', attributes = '', text = ''] of xml.matchAll(element)) {
    if (left-- === 0) return
    yield new Found(name.slice(name.indexOf(':') + 1), attributes, text)
  }
}

class Found implements XmlElement {
  readonly name: string
  readonly #attributes: string
  readonly #text: string

  constructor(name: string, attributes: string, text: string) {
    this.name = name
    this.#attributes = attributes
    this.#text = text
  }

  get attributes(): ReadonlyMap<string, string> {
    return readAttributes(this.#attributes)
  }

  get text(): string {
    return decoded(this.#text).trim()
  }
}

function readAttributes(text: string): Map<string, string> {
  const found = text.matchAll(/([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)
  return new Map([...found].map(([, name = '', double, single]) => [name, decoded(double ?? single ?? '')]))
}

const entities: Record<string, string | undefined> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' }

function decoded(text: string): string {
  return text.replace(/&(?:#(\d{1,6})|#x([\da-f]{1,5})|(\w{1,5}));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return entities[name] ?? whole
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal)
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })
}
