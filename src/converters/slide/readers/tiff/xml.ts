/** One element of an XML text with the words right behind its start; nesting is left to the reader. */
export interface XmlElement {
  name: string
  attributes: ReadonlyMap<string, string>
  text: string
}

/** The first element of a name; undefined if there is none. */
export function firstElement(xml: string, name: string): XmlElement | undefined {
  for (const element of xmlElements(xml)) if (element.name === name) return element
  return undefined
}

/** Names without their namespace, values unescaped. Broken XML gives the elements that can be made out. */
export function* xmlElements(xml: string): Generator<XmlElement> {
  const element = /<([A-Za-z_][\w:.-]*)((?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*\/?>([^<]*)/g
  for (const [, name = '', attributes = '', text = ''] of xml.matchAll(element))
    yield { name: localName(name), attributes: readAttributes(attributes), text: decoded(text).trim() }
}

function readAttributes(text: string): Map<string, string> {
  const found = text.matchAll(/([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)
  return new Map([...found].map(([, name = '', double, single]) => [name, decoded(double ?? single ?? '')]))
}

const localName = (name: string) => name.slice(name.indexOf(':') + 1)
const entities: Record<string, string | undefined> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' }

function decoded(text: string): string {
  return text.replace(/&(?:#(\d{1,6})|#x([\da-f]{1,5})|(\w{1,5}));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return entities[name] ?? whole
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal)
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })
}
