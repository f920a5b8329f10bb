import type { PrimitiveGraph, Tensor } from "@lamella/ir";
import { type Backend, type CompileOptions, type DeviceTensor, type Executable, reference } from "@lamella/runtime";

/** A backend that counts what is made and what is given back. */
export class CountingBackend implements Backend {
  readonly name: string;
  readonly copiesOutputs: boolean;
  /** The labels of everything that was compiled, in order. */
  readonly compiled: string[] = [];
  /** Sessions that have not been disposed. */
  sessions = 0;
  /** Device tensors that have not been disposed. */
  tensors = 0;
  uploads = 0;
  runs = 0;
  private readonly inner: Backend;

  /** @param copiesOutputs what it says of itself; by default what the other one does */
  constructor(inner: Backend = reference(), copiesOutputs = inner.copiesOutputs ?? false) {
    this.inner = inner;
    this.copiesOutputs = copiesOutputs;
    this.name = `counting ${inner.name}`;
  }

  /** How often something with this in its label was compiled. */
  compilesOf(label: string): number {
    return this.compiled.filter((name) => name.includes(label)).length;
  }

  check(): Promise<string | undefined> {
    return this.inner.check();
  }

  upload(tensor: Tensor): DeviceTensor {
    this.uploads += 1;
    return this.watch(this.inner.upload(tensor));
  }

  async compile(graph: PrimitiveGraph, options: CompileOptions = {}): Promise<Executable> {
    this.compiled.push(options.label ?? graph.name);
    const inner = await this.inner.compile(graph, options);
    this.sessions += 1;
    let open = true;
    const dispose = async () => {
      if (open) this.sessions -= 1;
      open = false;
      await inner.dispose();
    };
    return {
      run: async (feeds) => {
        this.runs += 1;
        const results = await inner.run(feeds);
        for (const tensor of Object.values(results)) this.watch(tensor);
        return results;
      },
      dispose,
      [Symbol.asyncDispose]: dispose,
    };
  }

  /** Counts a tensor until it is disposed. It stays the same object: backends know their own. */
  private watch(tensor: DeviceTensor): DeviceTensor {
    this.tensors += 1;
    let alive = true;
    const dispose = tensor.dispose.bind(tensor);
    return Object.assign(tensor, {
      dispose: () => {
        if (alive) this.tensors -= 1;
        alive = false;
        dispose();
      },
    });
  }
}
