import { basename, dirname, join } from 'node:path'

/** What the viewer may ask of a IIIF or a Zoomify folder, below `/results/<job id>/`. */
const patterns = {
  iiif: /^iiif\/(info\.json|(full|\d+,\d+,\d+,\d+)\/(max|\d+,\d+)\/0\/default\.jpg)$/,
  zoomify: /^zoomify\/(ImageProperties\.xml|TileGroup\d+\/\d+-\d+-\d+\.jpg)$/
}

/** The file that a name means in the folder `output`, which a result of that format is; undefined for every other name. */
export function fileInPyramid(output: string, name: string): string | undefined {
  for (const [format, pattern] of Object.entries(patterns))
    if (output.endsWith(`_${format}`) && pattern.test(name)) return join(output, name.slice(format.length + 1))
  return undefined
}

/** Where the sidecar lies of a result that is such a folder; undefined for every other result. */
export function sidecarOfPyramid(output: string): string | undefined {
  const name = /^(.+)_(iiif|zoomify)$/.exec(basename(output))?.[1]
  return name === undefined ? undefined : join(dirname(output), `${name}.json`)
}
