/** A memory of WebAssembly. */
export interface WasmMemory {
  readonly buffer: ArrayBufferLike;
}

type Imports = Readonly<Record<string, Readonly<Record<string, WasmMemory>>>>;

interface Instance {
  readonly exports: Readonly<Record<string, unknown>>;
}

interface WebAssemblyApi {
  readonly Memory: new (options: { readonly initial: number }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: Imports) => Instance;
  validate(bytes: Uint8Array): boolean;
  instantiate(bytes: Uint8Array, imports: Imports): Promise<{ readonly instance: Instance }>;
}

/** What is used of WebAssembly, whose types TypeScript has for browsers only. */
export const webAssembly = (globalThis as unknown as { readonly WebAssembly: WebAssemblyApi }).WebAssembly;
