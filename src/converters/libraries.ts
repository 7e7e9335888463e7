import { jpegCodecName } from './slide/pixels/jpeg-codec.ts'
import { howToInstall } from './slide/readers/openslide/how-to-install.ts'
import { openslideVersion } from './slide/readers/openslide/index.ts'

// A program of its own, for `microtome doctor`: prints what the converters can load here, as one line of JSON that
// src/engine/metrics/doctor/library-checks.ts reads. Its argument is the setting `openslidePath`.
const openslide = openslideVersion(process.argv[2])
const openslideHint = howToInstall(process.platform)
process.stdout.write(`${JSON.stringify({ ...(openslide && { openslide }), openslideHint, jpeg: jpegCodecName() })}\n`)
