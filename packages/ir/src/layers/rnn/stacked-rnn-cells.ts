import { LamellaError } from "../../errors.ts";
import { type Field, fields, isLayer } from "../../fields.ts";
import type { AnyLayer } from "../../layer.ts";
import { defineCell } from "./define-cell.ts";
import { isCell } from "./stages.ts";

/** @throws LamellaError `config` for layers that are no cells */
function requireCell(layer: AnyLayer, where: string): void {
  if (isCell(layer)) return;
  throw new LamellaError("config", {
    where,
    problem: "The layer is not a cell.",
    expected: "simpleRnnCell, lstmCell, gruCell, stackedRnnCells, or what defineCell made",
    received: layer.label,
  });
}

const cells: Field<readonly AnyLayer[]> = {
  ...fields.layers(),
  parse(input, where) {
    const parsed = fields.layers().parse(input, where);
    for (const layer of parsed) requireCell(layer, where);
    return parsed;
  },
};

/** Cells on top of each other as one cell. (Keras: StackedRNNCells.) */
export const stackedRnnCells = defineCell({
  type: "StackedRNNCells",
  fields: { cells },
  positional: ["cells"],
  cells: (config) => config.cells,
});

/** A cell; several are stacked. */
export const cellField: Field<AnyLayer, AnyLayer | readonly AnyLayer[]> = {
  ...fields.layer(),
  expects: "a cell, or a list of cells",
  parse(input, where) {
    const cell: AnyLayer =
      Array.isArray(input) && input.every(isLayer) ? stackedRnnCells(input) : fields.layer().parse(input, where);
    requireCell(cell, where);
    return cell;
  },
};
