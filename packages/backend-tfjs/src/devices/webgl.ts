import type { Device } from "../device.ts";
import { initialize } from "../initialize.ts";
import { onDemand, reasonOf, unavailable } from "./on-demand.ts";

interface Canvas {
  getContext(kind: string): unknown;
}

/** What a page gives to draw on. */
export interface Page {
  readonly OffscreenCanvas?: new (width: number, height: number) => Canvas;
  readonly document?: { createElement(tag: "canvas"): Canvas };
}

function canvasOf({ OffscreenCanvas, document }: Page): Canvas | undefined {
  return OffscreenCanvas === undefined ? document?.createElement("canvas") : new OffscreenCanvas(1, 1);
}

/** Shaders of a browser's WebGL. */
export function webglOn(page: Page): Device {
  return onDemand("webgl", async () => {
    const canvas = canvasOf(page);
    if (canvas === undefined) {
      throw unavailable("WebGL is there in browsers only. In Node, use device 'native', 'webgpu' or 'wasm'.");
    }
    if ((canvas.getContext("webgl2") ?? canvas.getContext("webgl")) === null) {
      throw unavailable(
        "This browser gives no WebGL context: hardware acceleration is off, or its graphics driver is not trusted. " +
          "Turn it on in the browser's settings, or use device 'wasm'.",
      );
    }
    const core = await import("@tensorflow/tfjs-core");
    await import("@tensorflow/tfjs-backend-webgl");
    try {
      await initialize(core, "webgl");
    } catch (error) {
      throw unavailable(`TensorFlow.js cannot start WebGL here (${reasonOf(error)}). Use device 'wasm'.`, error);
    }
    return { core, backend: "webgl", roughMean: true };
  });
}

export const webgl: Device = webglOn(globalThis as Page);
