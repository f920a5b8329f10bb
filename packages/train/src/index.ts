export { gradients } from "./gradients/gradients.ts";
