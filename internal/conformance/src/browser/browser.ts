import { existsSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import type { DeviceName } from "@lamella/backend-tfjs";
import type { PrimitiveGraph, Tensor } from "@lamella/ir";
import { type Backend, bindFeeds, type CompileOptions, type Executable, hostTensor, readFeed } from "@lamella/runtime";
import { chromium, type Page as Tab } from "playwright-core";
import { rolldown } from "rolldown";

import type { Page } from "./page.ts";
import { fromWire, toWire } from "./wire.ts";

const program = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

/** WebGL and WebGPU in software, where there is no GPU; nothing is fetched from anywhere. */
const flags = [
  "--no-sandbox",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader",
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
];

/** The page's script: lamella from sources, as an application's bundler would have it. */
async function bundled(): Promise<string> {
  await using bundle = await rolldown({
    input: fileURLToPath(new URL("page.ts", import.meta.url)),
    platform: "browser",
    resolve: { conditionNames: ["@lamella/source", "import", "module", "browser", "default"] },
    logLevel: "silent",
  });
  const { output } = await bundle.generate({ format: "iife", codeSplitting: false });
  return output[0].code;
}

/** Serves the page, its script, and next to it the binaries that tfjs-backend-wasm looks for there. */
async function serve(script: string): Promise<Server> {
  const binaries = dirname(fileURLToPath(import.meta.resolve("@tensorflow/tfjs-backend-wasm")));
  const server = createServer(({ url = "/" }, response) => {
    const file = join(binaries, basename(url));
    if (url === "/") response.setHeader("content-type", "text/html").end("<script src='/page.js'></script>");
    else if (url === "/page.js") response.setHeader("content-type", "text/javascript").end(script);
    else if (url.endsWith(".wasm") && existsSync(file)) {
      response.setHeader("content-type", "application/wasm").end(readFileSync(file));
    } else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

async function open(): Promise<{ readonly tab: Tab; close(): Promise<void> }> {
  const server = await serve(await bundled());
  const browser = await chromium.launch({ executablePath: program, args: flags });
  const tab = await browser.newPage();
  await tab.goto(`http://localhost:${(server.address() as AddressInfo).port}/`);
  return {
    tab,
    close: async () => {
      await browser.close();
      server.close();
    },
  };
}

type Method = keyof Page;

/** Chromium without a window, in which TensorFlow.js computes for backends here. Started when it is first needed. */
export class Browser implements AsyncDisposable {
  private opened: ReturnType<typeof open> | undefined;

  /** The backend of lamella in the page. Graphs and values go back and forth as text. */
  backend(device: DeviceName): Backend {
    return {
      name: `tfjs-${device} in Chromium`,
      check: async () => {
        if (existsSync(program)) return this.ask("check", device);
        return `There is no Chromium at ${program}. Install one (apt-get install chromium), or say in CHROMIUM where it is.`;
      },
      upload: hostTensor,
      compile: (graph, options = {}) => this.compile(device, graph, options),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.opened)?.close();
  }

  private async compile(device: DeviceName, graph: PrimitiveGraph, options: CompileOptions): Promise<Executable> {
    const number = await this.ask("compile", device, toWire({ graph, options }));
    const dispose = () => this.ask("dispose", number);
    const inputs = graph.inputs.filter(({ name }) => !Object.hasOwn(options.constants ?? {}, name));
    return {
      run: async (feeds) => {
        bindFeeds({ ...graph, inputs }, feeds);
        const read = inputs.map(async ({ name }) => [name, await readFeed(feeds[name]!)] as const);
        const text = await this.ask("run", number, toWire(Object.fromEntries(await Promise.all(read))));
        const outputs = Object.entries(fromWire(text) as Record<string, Tensor>);
        return Object.fromEntries(outputs.map(([name, tensor]) => [name, hostTensor(tensor)]));
      },
      dispose,
      [Symbol.asyncDispose]: dispose,
    };
  }

  private async ask<M extends Method>(method: M, ...args: Parameters<Page[M]>): Promise<Awaited<ReturnType<Page[M]>>> {
    this.opened ??= open();
    const { tab } = await this.opened;
    const answer = await tab.evaluate(
      ([name, given]) =>
        (globalThis as unknown as { page: Record<string, (...all: unknown[]) => unknown> }).page[name]!(...given),
      [method, args] as const,
    );
    return answer as Awaited<ReturnType<Page[M]>>;
  }
}
