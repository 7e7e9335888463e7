/** What we use of the package, which ships no types: https://github.com/cornerstonejs/codecs/tree/main/packages/openjpeg */
declare module '@cornerstonejs/codec-openjpeg/decodewasmjs' {
  function openJpeg(setup: openJpeg.Setup): Promise<openJpeg.Module>
  namespace openJpeg {
    interface Setup {
      print(line: string): void
      printErr(line: string): void
      /** Instantiates the program itself and hands it over. */
      instantiateWasm(imports: object, receive: (instance: WebAssembly.Instance) => void): object
    }
    interface Module {
      J2KDecoder: new () => Decoder
    }
    interface Decoder {
      /** Memory of the module for so many encoded bytes; valid until the next call. */
      getEncodedBuffer(sizeBytes: number): Uint8Array
      /** Never throws for a bad stream: it prints, and the decoded buffer stays empty. */
      decode(): void
      /** A copy of the samples, interleaved. */
      getDecodedBuffer(): Uint8ClampedArray<ArrayBuffer>
      delete(): void
    }
  }
  export = openJpeg
}

/** What we use of WebAssembly: TypeScript declares it with the DOM only. https://webassembly.github.io/spec/js-api/ */
declare namespace WebAssembly {
  class Module {
    constructor(program: Uint8Array)
  }
  class Instance {
    constructor(program: Module, imports: object)
    readonly exports: Record<string, unknown>
  }
  class Memory {
    constructor(size: { initial: number })
    readonly buffer: ArrayBuffer
    grow(pages: number): number
  }
  function compile(program: Uint8Array): Promise<Module>
}
