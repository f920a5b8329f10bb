import type { Primitive, PrimitiveAttributes, PrimitiveTable } from "@lamella/ir";
import type { StaticAttributes } from "@lamella/runtime";

import type { KernelRow } from "./site.ts";

export type KernelTable = PrimitiveTable<{ [P in Primitive]: KernelRow<StaticAttributes<PrimitiveAttributes[P]>> }>;
