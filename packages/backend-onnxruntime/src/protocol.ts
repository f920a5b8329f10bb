import type { OnnxRuntimeOptions } from "./options.ts";
import type { PlainTensor } from "./ort.ts";

/** What a run in the worker takes for an input: a value, or the number of one that is there already. */
export type RemoteFeed = PlainTensor | number;

/** What the worker can be asked for, and what each question is answered with. Numbers are given by the asking side. */
export interface Requests {
  open: {
    readonly ask: { readonly session: number; readonly model: Uint8Array; readonly options: OnnxRuntimeOptions };
    readonly answer: undefined;
  };
  run: {
    /** `outputs`: a number for each output; their values stay in the worker. */
    readonly ask: {
      readonly session: number;
      readonly inputs: readonly RemoteFeed[];
      readonly outputs: readonly number[];
    };
    readonly answer: readonly Pick<PlainTensor, "dtype" | "shape">[];
  };
  release: { readonly ask: { readonly session: number }; readonly answer: undefined };
  store: { readonly ask: { readonly tensor: number; readonly value: PlainTensor }; readonly answer: undefined };
  read: { readonly ask: { readonly tensor: number }; readonly answer: PlainTensor };
  free: { readonly ask: { readonly tensors: readonly number[] }; readonly answer: undefined };
}

export type Kind = keyof Requests;

export type Request = { [K in Kind]: { readonly id: number; readonly kind: K } & Requests[K]["ask"] }[Kind];
export type Response =
  | { readonly id: number; readonly answer: Requests[Kind]["answer"] }
  | { readonly id: number; readonly error: string };
