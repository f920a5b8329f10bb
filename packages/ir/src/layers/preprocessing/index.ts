export { categoryEncoding } from "./category-encoding.ts";
export { discretization } from "./discretization.ts";
export { integerLookup } from "./integer-lookup.ts";
export { normalization } from "./normalization.ts";
export { randomBrightness, randomContrast } from "./random-colors.ts";
export { randomCrop } from "./random-crop.ts";
export { randomFlip } from "./random-flip.ts";
export { randomRotation, randomTranslation, randomZoom } from "./random-transforms.ts";
export { hashing } from "./hashing.ts";
