export { type ContrastiveResult, learnContrastively } from "./contrastive.ts";
export { distill, type DistillationResult, ringPoints } from "./distillation.ts";
export { type GanResult, realPoints, trainGan } from "./gan.ts";
