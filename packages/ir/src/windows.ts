import { LamellaError } from "./errors.ts";
import { resolveName } from "./names.ts";

/** Weights of cosines whose sum, with alternating signs, is a window. */
const cosineSums = {
  boxcar: [1],
  hann: [0.5, 0.5],
  hamming: [0.54, 0.46],
  blackman: [0.42, 0.5, 0.08],
  nuttall: [0.3635819, 0.4891775, 0.1365995, 0.0106411],
  blackmanharris: [0.35875, 0.48829, 0.14128, 0.01168],
  flattop: [0.21557895, 0.41663158, 0.277263158, 0.083578947, 0.006947368],
} as const;

/** Windows by their place among `length` points. */
const others: Readonly<Record<"bartlett" | "cosine" | "triang", (place: number, length: number) => number>> = {
  bartlett: (place, length) => 1 - Math.abs((2 * place) / (length - 1) - 1),
  cosine: (place, length) => Math.sin((Math.PI * (place + 0.5)) / length),
  triang: (place, length) => 1 - Math.abs(2 * place - length + 1) / (length + (length % 2)),
};

/** The names of the windows that can be asked for by name. */
const windowNames = [...Object.keys(cosineSums), ...Object.keys(others)] as readonly (
  | keyof typeof cosineSums
  | keyof typeof others
)[];

/** A window as scipy.signal.get_window makes it; a periodic one leaves out the last point of a longer one. */
function windowValues(name: string, length: number, periodic: boolean): readonly number[] {
  const known = resolveName("window", name, windowNames);
  const points = periodic ? length + 1 : length;
  return Array.from({ length }, (_, place) => {
    if (points === 1) return 1;
    if (known in others) return others[known as keyof typeof others](place, points);
    const angle = (2 * Math.PI * place) / (points - 1);
    return cosineSums[known as keyof typeof cosineSums].reduce(
      (sum: number, weight, i) => sum + (-1) ** i * weight * Math.cos(i * angle),
      0,
    );
  });
}

/** A window by name, or given as its values. @throws LamellaError `config` */
export function resolveWindow(window: unknown, length: number, periodic: boolean): readonly number[] {
  if (typeof window === "string") return windowValues(window, length, periodic);
  if (Array.isArray(window) && window.length === length && window.every(Number.isFinite)) {
    return window as readonly number[];
  }
  throw new LamellaError("config", {
    problem: "This is no window.",
    expected: `${windowNames.join(", ")}, ${length} numbers, or null`,
    received: JSON.stringify(window),
  });
}
