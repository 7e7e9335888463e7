/** An angle in degrees from 0 up to 360: where a view stands after any number of turns. */
export function upright(degrees: number): number {
  const turned = Math.round(degrees) % 360
  return turned < 0 ? turned + 360 : turned
}

/** A step on the screen, as shares of its width and height, in the directions of a picture that is turned by `degrees`. */
export function turnedStep(x: number, y: number, degrees: number): { x: number; y: number } {
  const angle = (-degrees * Math.PI) / 180
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
  return { x: x * cos - y * sin, y: x * sin + y * cos }
}
