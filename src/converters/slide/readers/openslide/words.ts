import type { IdentifyingWord } from '../../content.ts'
import { isPlausibleMagnification, isPlausibleMpp, type SlideProperties } from '../../properties/scale.ts'

type Properties = ReadonlyMap<string, string>

/** What OpenSlide works out itself, and numbers of optics and geometry; everything else may name somebody. */
const technical = [
  /^openslide\.(vendor|mpp-[xy]|objective-power|quickhash-1|level-count|icc-size|background-color|bounds-\w+)$/,
  /^openslide\.(level|region|associated)[[.]/,
  /^tiff\.(ResolutionUnit|[XY]Resolution)$/,
  /^aperio\.(MPP|AppMag|Originalheight|OriginalHeight|OriginalWidth|Originalwidth|Left|Top|LineAreaXOffset|LineAreaYOffset|Filtered|StripeWidth|DSR ID|DisplayColor|Gamma|Exposure Time|Exposure Scale|ICC Profile|LineCameraSkew)$/,
  /^hamamatsu\.(SourceLens|[XY]OffsetFromSlideCentre|PhysicalWidth|PhysicalHeight|NoLayers|LayerSpacing|NoJpegColumns|NoJpegRows|BitsPerPixel|PixelOrder|AHEX\[\d+\]|FocalPlane|FocusTime)$/,
  /^mirax\.GENERAL\.(OBJECTIVE_MAGNIFICATION|IMAGENUMBER_[XY]|CameraImageDivisionsPerSide|SLIDE_VERSION|CURRENT_SLIDE_VERSION|ADAPTER_SIZE|OUTPUT_RESOLUTION|CAMERA_TYPE|OBJECTIVE_NAME)$/,
  /^mirax\.(LAYER_\d+_LEVEL_\d+_SECTION|HIERARCHICAL|DATAFILE)\./,
  /^leica\.(objective|aperture)$/,
  /^sakura\.(NominalLensMagnification|ResolutionMmPerPix)$/,
  /^trestle\.(Objective Power|Background Color|White Balance|OverlapsXY)$/,
  /^ventana\.(Magnification|ScanRes|ShowLabel|Z-layers|Z-spacing|Focus-Mode|Focus-Quality|ScanMode|AOI\w*)$/
]

/** Every word that a vendor wrote beside the pixels, but for plain numbers of the optics; empty ones are left out. */
export function identifyingWords(properties: Properties): IdentifyingWord[] {
  return [...properties]
    .filter(([name, value]) => value.trim() !== '' && !technical.some((pattern) => pattern.test(name)))
    .map(([name, value]) => ({ tag: `openslide ${name}`, value }))
}

/** Scale and objective as OpenSlide understands the vendor. */
export function scaleOf(properties: Properties): SlideProperties {
  const number = (name: string) => Number(properties.get(`openslide.${name}`) ?? Number.NaN)
  const [mpp, mppY, magnification] = [number('mpp-x'), number('mpp-y'), number('objective-power')]
  return {
    ...(isPlausibleMpp(mpp) && { mpp }),
    ...(isPlausibleMpp(mpp) && isPlausibleMpp(mppY) && mppY !== mpp && { mppY }),
    ...(isPlausibleMagnification(magnification) && { magnification })
  }
}
