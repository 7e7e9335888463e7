/** Words of the profiles that programs, systems and scanner models bring along; none of them names a person or a device. */
const vocabulary = new Set(
  `a about adobe all and any apple aperio artifex at2 black bradford bt built by c calibrated cc0 chromatic cie
  ciexyz cinema coated color colorspace colour company compact compatible compensation computer condition conditions
  consortium contact copyright corporation creative cs2 cs dci default device display distributed domain eastman ecirgb
  elle equivalent facebook for fogra freely from gamma generic genuine google gray grayscale grey gt450 hamamatsu hewlett hp
  http https iccprofile icc iec in inc incorporated input international intent is kodak leica license licensed linear lut
  matrix media meta monitor nano nanozoomer net no none of open org output p3 packard pannoramic perceptual philips
  photo point preference primary primaries profile prophoto public rec reference relative reserved restricted rgb rights
  romm roche s60 s360 scanner scanscope scn400 sgray smpte sony space srgb iec61966 ch scaled appearance standard systems technologies test the this to
  trc ufs uncoated use used v v2 v4 vendor ventana version viewing warranty web whitepoint white wide widegamut with
  without www x xyz zeiss 3dhistech sp3c c2ci c2 gimp krita darktable software littlecms lcms lino moji`
    .split(/\s+/)
    .filter(Boolean)
)
/** Standards and versions: a number of another length may be a serial number. */
const harmlessNumbers = /^(?:\d|\d\d?\d?%|19\d\d|20\d\d|61966|65|50|93|18|22|240|601|709|431)$/

/** Whether a text of a profile says nothing but what such texts say anywhere: the names of colour spaces, makers and their rights. */
export function isWellKnownText(text: string): boolean {
  const words = text.toLowerCase().match(/[\p{L}\p{N}%]+/gu) ?? []
  return words.every((word) => vocabulary.has(word) || harmlessNumbers.test(word) || isVersion(word))
}

/** `d50`, `v2`, `a98`, `rec709`. */
const isVersion = (word: string) => /^(?:d(?:50|55|65|93)|v\d|a98|rec\d{3,4}|bt\d{3}|p3|g\d\d?)$/.test(word)
