export { resNet50 } from "./resnet50.ts";
