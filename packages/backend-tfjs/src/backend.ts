import { LamellaError, unknownName } from "@lamella/ir";
import { type Backend, freezeInputs } from "@lamella/runtime";

import { TfjsTensor } from "./device-tensor.ts";
import type { Device, DeviceName } from "./device.ts";
import { bestOf, devices } from "./devices/index.ts";
import { checkDTypes, tfDType } from "./dtypes.ts";
import { TfjsExecutable } from "./executable.ts";
import { Machine } from "./machine.ts";

export interface TfjsOptions {
  /**
   * Default: the first of gpu, native, webgpu, webgl, wasm, cpu that can be used here. A device that was asked for never
   * falls back to another.
   */
  readonly device?: DeviceName;
}

/** One machine a device, for all backends: their values can be exchanged. */
const machines = new Map<Device, Promise<Machine>>();

function machineOf(device: Device): Promise<Machine> {
  let machine = machines.get(device);
  if (machine === undefined) {
    machine = device.load().then((loaded) => new Machine(loaded));
    machines.set(device, machine);
    machine.catch(() => machines.delete(device));
  }
  return machine;
}

/**
 * Runs primitive graphs through TensorFlow.js. Nothing is loaded before the first `check` or `compile`. `name` says which
 * device it is; without the option, once one of these has found it.
 *
 * @throws LamellaError from `compile`: `unavailable` where the device is not there, `unsupported` for dtypes that
 *   TensorFlow.js does not have.
 */
export function tfjs(options: TfjsOptions = {}): Backend {
  const asked = options.device;
  if (asked !== undefined && !Object.hasOwn(devices, asked)) {
    throw unknownName("device", asked, Object.keys(devices), "tfjs");
  }
  return asked === undefined
    ? backendOn(() => bestOf(Object.values(devices)))
    : backendOn(async () => devices[asked], asked);
}

/** A backend on the device that is found when it is needed. `known` is its name, where that is known before. */
export function backendOn(search: () => Promise<Device>, known?: string): Backend {
  let device: Device | undefined;
  const find = async (): Promise<Device> => (device ??= await search());
  return {
    get name() {
      const name = device?.name ?? known;
      return name === undefined ? "tfjs" : `tfjs-${name}`;
    },
    check: async () => {
      try {
        return await (await find()).check();
      } catch (error) {
        if (error instanceof LamellaError && error.code === "unavailable") return error.problem;
        throw error;
      }
    },
    upload: (tensor) => {
      tfDType(tensor.dtype);
      return new TfjsTensor(tensor.dtype, tensor.shape, tensor);
    },
    compile: async (graph, { label, constants = {} } = {}) => {
      const machine = await machineOf(await find());
      const frozen = freezeInputs(label === undefined ? graph : { ...graph, name: label }, constants);
      checkDTypes(frozen);
      return new TfjsExecutable(frozen, machine);
    },
  };
}
