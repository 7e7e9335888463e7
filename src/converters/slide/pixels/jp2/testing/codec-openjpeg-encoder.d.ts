/** The encoder of the package's full build: https://github.com/cornerstonejs/codecs/tree/main/packages/openjpeg */
declare module '@cornerstonejs/codec-openjpeg/wasmjs' {
  function openJpeg(setup: { print(line: string): void; printErr(line: string): void }): Promise<openJpeg.Module>
  namespace openJpeg {
    interface Module {
      J2KEncoder: new () => Encoder
    }
    interface Encoder {
      getDecodedBuffer(frame: {
        width: number
        height: number
        bitsPerSample: number
        componentCount: number
        isSigned: boolean
      }): Uint8Array
      setQuality(lossless: boolean, layers: number): void
      setCompressionRatio(layer: number, ratio: number): void
      setDecompositions(count: number): void
      setProgressionOrder(order: number): void
      encode(): void
      getEncodedBuffer(): Uint8Array
      delete(): void
    }
  }
  export = openJpeg
}
