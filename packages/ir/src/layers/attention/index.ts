export { additiveAttention, attention } from "./attention.ts";
export { groupQueryAttention } from "./grouped-query-attention.ts";
export { multiHeadAttention } from "./multi-head-attention.ts";
