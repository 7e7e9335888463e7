import { z } from 'zod'

/** What is shown: a pyramid, or one plain image. `url` ends in `/` where it names the folder of an IIIF or a Zoomify image. */
export type ZoomSource = { type: 'deep-zoom' | 'iiif3' | 'zoomify' | 'image'; url: string }

/** What OpenSeadragon opens for a source: an address, or a description with the source's own address in it. */
export async function tileSourceOf({ type, url }: ZoomSource): Promise<string | object> {
  switch (type) {
    case 'deep-zoom':
      return url
    case 'image':
      return { type: 'image', url }
    case 'iiif3':
      return iiifSource(await textOf(`${url}info.json`), url)
    case 'zoomify':
      return zoomifySource(await textOf(`${url}ImageProperties.xml`), url)
  }
}

const info = z.looseObject({ protocol: z.literal('http://iiif.io/api/image') })

/** The `id` in a folder of files is a stand-in, because nobody knew where it would be served: it is served from `url`. */
export function iiifSource(infoJson: string, url: string): object {
  return { ...info.parse(JSON.parse(infoJson)), id: url.replace(/\/$/, '') }
}

/** Zoomify's `ImageProperties.xml` as OpenSeadragon wants it said. Throws where a number is missing. */
export function zoomifySource(imageProperties: string, url: string): object {
  const number = (name: string) => {
    const value = new RegExp(`\\b${name}="(\\d+)"`).exec(imageProperties)?.[1]
    if (value === undefined) throw new Error(`ImageProperties.xml says no ${name}.`)
    return Number(value)
  }
  return {
    type: 'zoomifytileservice',
    width: number('WIDTH'),
    height: number('HEIGHT'),
    tileSize: number('TILESIZE'),
    tilesUrl: url
  }
}

async function textOf(url: string): Promise<string> {
  const answer = await fetch(url)
  if (!answer.ok) throw new Error(`${url} was answered with ${answer.status}.`)
  return answer.text()
}
