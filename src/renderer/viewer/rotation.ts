/** An angle in degrees from 0 up to 360: where a view stands after any number of turns. */
export function upright(degrees: number): number {
  return ((Math.round(degrees) % 360) + 360) % 360
}

/** A step on the screen, as shares of its width and height, in the directions of a picture that is turned by `degrees`. */
export function turnedStep(x: number, y: number, degrees: number): { x: number; y: number } {
  const angle = (-degrees * Math.PI) / 180
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
  return { x: x * cos - y * sin, y: x * sin + y * cos }
}

/**
 * Zoom (1 / width of what is seen) at which a picture, turned by `degrees`, just fits a window of `aspectRatio` (width by height).
 * `width` and `height` in OpenSeadragon's viewport units.
 */
export function fittingZoom(picture: { width: number; height: number }, degrees: number, aspectRatio: number): number {
  const angle = (degrees * Math.PI) / 180
  const [cos, sin] = [Math.abs(Math.cos(angle)), Math.abs(Math.sin(angle))]
  const width = picture.width * cos + picture.height * sin
  const height = picture.width * sin + picture.height * cos
  return 1 / Math.max(width, height * aspectRatio)
}
