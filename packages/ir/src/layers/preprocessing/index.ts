export { categoryEncoding } from "./category-encoding.ts";
export { discretization } from "./discretization.ts";
export { integerLookup } from "./integer-lookup.ts";
export { normalization } from "./normalization.ts";
