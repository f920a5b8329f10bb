import type { Handle, HostArray, HostMemory } from "../device.ts";
import { initialize } from "../initialize.ts";
import { onDemand } from "./on-demand.ts";

interface CpuBackend {
  /** Whether it has yet to tell that there is tfjs-node, too. */
  firstUse: boolean;
  readonly data: { get(dataId: object): { readonly values: HostArray } };
  makeTensorInfo(shape: readonly number[], dtype: Handle["dtype"], values: HostArray): Handle;
}

function memoryOf(backend: CpuBackend): HostMemory {
  const arrays = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;
  return {
    // Its Cast leaves integers and booleans as they are where floats hold them, and only says that they are floats.
    view: ({ dataId, dtype }) => {
      const { values } = backend.data.get(dataId);
      return values instanceof arrays[dtype] ? values : arrays[dtype].from(values);
    },
    allocate: (shape, dtype) => {
      const size = shape.reduce((product, dim) => product * dim, 1);
      return backend.makeTensorInfo([...shape], dtype, new arrays[dtype](size));
    },
  };
}

/** Plain JavaScript: everywhere, and slow. */
export const cpu = onDemand("cpu", async () => {
  const core = await import("@tensorflow/tfjs-core");
  await import("@tensorflow/tfjs-backend-cpu");
  const backend = (await initialize(core, "cpu")) as unknown as CpuBackend;
  backend.firstUse = false;
  return { core, backend: "cpu", memory: memoryOf(backend) };
});
