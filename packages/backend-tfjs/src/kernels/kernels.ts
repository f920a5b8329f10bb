import { convolutions } from "./convolution.ts";
import { elementwise } from "./elementwise.ts";
import { indexing } from "./indexing.ts";
import { matMul } from "./matmul.ts";
import { movement } from "./movement.ts";
import { poolings } from "./pooling.ts";
import { reductions } from "./reduce.ts";
import { scan } from "./scan.ts";
import type { KernelTable } from "./table.ts";

/** How every primitive is computed with TensorFlow.js. */
export const kernels: KernelTable = {
  ...elementwise,
  ...reductions,
  ...movement,
  ...indexing,
  ...convolutions,
  ...poolings,
  MatMul: matMul,
  Scan: scan,
};
