import { elementwise } from "./elementwise.ts";
import type { EmitTable } from "./graph.ts";
import { random } from "./random.ts";
import { reductions } from "./reductions.ts";
import { scan } from "./scan.ts";
import { scatter } from "./scatter.ts";
import { shaping } from "./shaping.ts";
import { spatialGradients } from "./spatial-gradients.ts";
import { spatial } from "./spatial.ts";

/** How each primitive is written. */
export const emitTable: EmitTable = {
  /** Constants are initializers of the outermost graph; this row is for one that is a graph output. */
  Constant: (node) => node.finish("Identity", [node.model.constant(node.attributes.value)]),
  ...random,
  ...elementwise,
  ...reductions,
  ...shaping,
  ...scatter,
  ...spatial,
  ...spatialGradients,
  ...scan,
};
