import { type Backend, onnxruntime, setRandomSeed, Tensor } from "lamella";

import { ratio, show } from "./figures.ts";
import { models, randomData } from "./models.ts";

const rounds = 9;
const steps = 40;

type DeviceTensor = ReturnType<Backend["upload"]>;
type Executable = Awaited<ReturnType<Backend["compile"]>>;
type Feeds = Parameters<Executable["run"]>[0];

/** A compiled step of training, the batches that it was fed, and the state before the first. */
class Recording {
  executable: Executable | undefined;
  readonly batches: Feeds[] = [];
  readonly state: Record<string, Tensor> = {};

  /** The backend, with an eye on the first thing that it compiles. */
  of(backend: Backend): Backend {
    return {
      name: backend.name,
      check: () => backend.check(),
      upload: (tensor) => backend.upload(tensor),
      compile: async (graph, options) => {
        const executable = await backend.compile(graph, options);
        this.executable = executable;
        return {
          run: async (feeds) => {
            await this.note(feeds);
            return executable.run(feeds);
          },
          dispose: () => executable.dispose(),
          [Symbol.asyncDispose]: () => executable.dispose(),
        };
      },
    };
  }

  private async note(feeds: Feeds): Promise<void> {
    const batch: Record<string, Tensor> = {};
    for (const [port, feed] of Object.entries(feeds)) {
      if (feed instanceof Tensor) batch[port] = feed;
      else this.state[port] ??= await feed.read();
    }
    this.batches.push(batch);
  }

  /** The same steps again with nothing around them: the state goes from one to the next, and reports are read. */
  async replay(backend: Backend): Promise<void> {
    const state: Record<string, DeviceTensor> = {};
    for (const [port, value] of Object.entries(this.state)) state[port] = backend.upload(value);
    for (const batch of this.batches) {
      const { report, ...results } = await this.executable!.run({ ...batch, ...state });
      await report!.read();
      for (const [result, tensor] of Object.entries(results)) {
        const port = result.replace(/:next$/, "");
        state[port]!.dispose();
        state[port] = tensor;
      }
    }
  }
}

/** What `fit` adds to the steps that it runs: data, order, callbacks, progress. */
export async function benchOverhead(threads: number): Promise<void> {
  setRandomSeed(1);
  console.log("fit against the bare loop of its compiled step, ms a step: median (least to most)");
  const benchModel = models.find(({ name }) => name === "mlp")!;
  const { x, y } = randomData(benchModel, steps);
  const backend = onnxruntime({ intraOpThreads: threads, interOpThreads: 1, flushDenormals: true });
  const options = { batchSize: benchModel.batchSize, verbose: 0 } as const;
  const compiled = (on: Backend) => {
    const model = benchModel.build();
    const loss = "sparseCategoricalCrossentropy";
    model.compile({ optimizer: "adam", loss, backend: on, stepsPerExecution: 1 });
    return model;
  };
  const recording = new Recording();
  await using recorded = compiled(recording.of(backend));
  await recorded.fit(x, y, options);
  await using model = compiled(backend);
  const time = async (work: () => Promise<unknown>) => {
    const start = performance.now();
    await work();
    return (performance.now() - start) / steps;
  };
  const [fits, bare]: [number[], number[]] = [[], []];
  for (let round = -1; round < rounds; round++) {
    const [ours, least] = [await time(() => model.fit(x, y, options)), await time(() => recording.replay(backend))];
    if (round < 0) continue;
    fits.push(ours);
    bare.push(least);
  }
  console.log(`mlp   batch ${benchModel.batchSize}: fit ${show(fits)}, bare ${show(bare)}, ratio ${ratio(fits, bare)}`);
}
