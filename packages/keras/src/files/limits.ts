import { LamellaError } from "@lamella/ir";

/** What may be declared whatever it is stored in: a few bytes of zeros may well be a small array. */
const floor = 2 ** 24;

/** How many times its stored size something may grow. Weights hardly compress: DEFLATE halves them at best. */
const largestGrowth = 100;

/**
 * Refuses what would take far more memory than the file that declares it: a decompression bomb.
 *
 * @param stored bytes in the file that it is made of
 * @param declared bytes that it would take in memory
 */
export function checkGrowth(what: string, stored: number, declared: number): void {
  if (declared <= floor || declared <= stored * largestGrowth) return;
  throw new LamellaError("format", {
    problem: `${what} would take far more memory than the file holds.`,
    expected: `at most ${Math.max(floor, stored * largestGrowth)} bytes, from ${stored} stored ones`,
    received: `${declared} bytes`,
    hint: "A file like this is damaged, or made to exhaust memory.",
  });
}
