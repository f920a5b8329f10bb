import type { CellLoop } from "../../cell.ts";
import type { Fields } from "../../fields.ts";
import type { Tracer } from "../../graph-builder.ts";
import type { AnyLayer, LayerDefinition } from "../../layer.ts";
import type { LowerContext } from "../../lowering.ts";
import { Cast } from "../../operators.ts";

/** What runs the loop of one cell and gives the sequence for the next. */
type RunLoop = (loop: CellLoop, context: LowerContext<unknown>) => Tracer;

/** One cell, or one of a stack. `context` is the one around it. */
export type Stage = (context: LowerContext<unknown>, sequence: Tracer, run: RunLoop) => Tracer;

/** Whether a layer can be the cell of a recurrent layer. */
export function isCell({ definition }: AnyLayer): boolean {
  return definition.cell !== undefined || definition.cells !== undefined;
}

/**
 * The cells of a cell one after the other. A stack in one loop over time gives the same as one loop for every cell in it,
 * each over what the one before gave; so that all of them compute for all steps at once what does not depend on states.
 */
export function stagesOf(cell: AnyLayer): readonly Stage[] {
  return ownStages(cell.definition, cell.config).map(
    (stage): Stage =>
      (context, sequence, run) =>
        context.within(cell, (inner) => stage(inner, sequence, run)),
  );
}

/** The same where `context` is already that of the cell. */
export function ownStages<F extends Fields>(
  definition: Pick<LayerDefinition<F>, "cell" | "cells">,
  config: Parameters<NonNullable<LayerDefinition<F>["cells"]>>[0],
): readonly Stage[] {
  const cells = definition.cells?.(config);
  if (cells !== undefined) return cells.flatMap(stagesOf);
  return [
    (context, sequence, run) => {
      const own = context as Parameters<NonNullable<LayerDefinition<F>["cell"]>>[0];
      return run(definition.cell!(own, Cast(sequence, context.dtype)), context);
    },
  ];
}
