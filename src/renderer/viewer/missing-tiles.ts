import type OpenSeadragon from 'openseadragon'

/**
 * Tiles of a slide that is still being made. OpenSeadragon takes a tile that was not there for one that never will be; this remembers
 * them, and lets those be asked for once more. Only what is in view is asked for again: OpenSeadragon sees to that.
 */
export class MissingTiles {
  readonly #missing = new Map<OpenSeadragon.TiledImage, Set<OpenSeadragon.Tile>>()

  /** Follows a viewer or its navigator. */
  watch(viewer: OpenSeadragon.Viewer | OpenSeadragon.Navigator): void {
    viewer.addHandler('tile-load-failed', ({ tile, tiledImage }) => {
      const tiles = this.#missing.get(tiledImage) ?? new Set()
      this.#missing.set(tiledImage, tiles.add(tile))
    })
  }

  /** Has what was missing and is in view asked for again. */
  askAgain(): void {
    for (const [image, tiles] of this.#missing) {
      for (const tile of tiles) tile.exists = true
      // The public way to have an image look for its tiles although the view did not change.
      image.setClip(null)
    }
    this.#missing.clear()
  }
}
