import type { LayerCase } from "../cases/case.ts";
import { architectures, caseGroups, cases, trajectories } from "../cases/index.ts";
import { architectureGolden } from "./architecture-models.ts";
import { inChromium } from "./browser/chromium.ts";
import { CaseRun } from "./case-run.ts";
import type { Check } from "./check.ts";
import { checks } from "./checks.ts";
import type { ExpectedFailures } from "./expected-failures.ts";
import { hasGolden, readGolden } from "./golden.ts";
import type { Subject } from "./subject.ts";
import { subjects, type TestedSubject, trajectoryBackends } from "./subjects.ts";

/** Numbers the reasons why something does not work, in the order they come up. */
class Notes {
  private readonly reasons: string[] = [];

  /** `yes`, or how many of how many checks pass, with the numbers of the reasons. */
  cell(names: readonly string[], expected: ExpectedFailures): string {
    const failing = names.flatMap((name) => expected[name] ?? []);
    if (names.length === 0) return "";
    if (failing.length === 0) return "yes";
    const numbers = [...new Set(failing.map(({ reason }) => this.number(reason)))];
    const passing = names.length - failing.length;
    return `${passing === 0 ? "no" : `${passing} of ${names.length}`} ${numbers.map((n) => `[${n}]`).join(" ")}`;
  }

  get lines(): readonly string[] {
    return this.reasons.map((reason, i) => `${i + 1}. ${reason}`);
  }

  private number(reason: string): number {
    if (!this.reasons.includes(reason)) this.reasons.push(reason);
    return this.reasons.indexOf(reason) + 1;
  }
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length), 3));
  const line = (cells: readonly string[]) => `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(" | ")} |`;
  const [head, ...body] = rows.map(line);
  return [head!, `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...body];
}

/** The ids of cases, each with the names of those checks that apply to it. */
function namesOf(own: readonly LayerCase[], subject: Subject, wanted: (check: Check) => boolean): string[] {
  const chosen = checks.filter(wanted);
  return own
    .filter(({ id }) => hasGolden(id))
    .flatMap((layerCase) => {
      const run = new CaseRun(layerCase, subject);
      return chosen.filter((check) => check.applies?.(run) !== false).map(({ name }) => `${layerCase.id} ${name}`);
    });
}

function layerRows(notes: Notes): string[][] {
  const tested: readonly TestedSubject[] = Object.values(subjects);
  const titles = tested.flatMap(({ columns }) => columns.map(({ title }) => title));
  const rows = Object.entries(caseGroups)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([layer, own]) => {
      const cells = tested.flatMap(({ subject, columns }) =>
        columns.map(({ groups }) => {
          const names = namesOf(own, subject, (check) => groups.includes(check.group));
          return notes.cell(names, subject.expectedFailures ?? {});
        }),
      );
      return [layer, String(own.length)].concat(cells);
    });
  return [["layer", "cases", ...titles], ...rows];
}

function trajectoryRows(): string[][] {
  const titles = Object.keys(trajectoryBackends);
  const rows = trajectories.map(({ model, optimizer }): string[] => [model, optimizer.type]);
  for (const row of rows) row.push(...titles.map(() => "yes"));
  return [["model", "optimizer", ...titles], ...rows];
}

/** What `test/browser.test.ts` runs with `CONFORMANCE=full`. */
function chromiumRows(notes: Notes): string[][] {
  const rows = inChromium.map(({ device, full, expectedFailures }) => {
    const names = namesOf(cases, subjects.reference.subject, ({ name }) => full?.includes(name) !== false);
    return [device, full?.join(", ") ?? "all", String(names.length), notes.cell(names, expectedFailures)];
  });
  return [["device", "checks of a case", "checks", "passing"], ...rows];
}

/** Which tests of `test/architectures.test.ts` there are. A run fails when one does. */
function architectureRows(): string[][] {
  const rows = architectures.map(({ model, light = false, training }) => {
    const { parameters, layers } = architectureGolden(model);
    const ran = (whether: boolean) => (whether ? "yes" : "");
    const cheap = ran(training !== undefined);
    return [model, parameters.toLocaleString("en"), String(layers.length), ran(light), "yes", cheap, cheap];
  });
  const tests = ["reference", "ONNX Runtime CPU", "saved and loaded", "training"];
  return [["architecture", "parameters", "layers", ...tests], ...rows];
}

/**
 * The text of FEATURES.md. It follows from the cases and the expected failures alone: a run fails when any other check
 * fails, and when an expected failure passes.
 */
export function featuresText(): string {
  const notes = new Notes();
  const { keras, tensorflow } = (readGolden("dense") as { readonly versions: Readonly<Record<string, string>> })
    .versions;
  const lines = [
    "# Features",
    "",
    "<!-- Written by internal/conformance/src/features.ts. -->",
    "",
    `Every layer is held to Keras ${keras} (TensorFlow ${tensorflow}) by a number of cases. \`yes\` means that all checks of`,
    "all cases pass, `7 of 8 [1]` that one of eight checks does not, and why. On WebGPU a run takes the first case of each layer",
    "unless CONFORMANCE=full, and only where there is a driver.",
    "",
    ...table(layerRows(notes)),
    "",
    "TensorFlow.js in headless Chromium, where software computes for WebGL and WebGPU (SwiftShader), with CONFORMANCE=full:",
    "",
    ...table(chromiumRows(notes)),
    "",
    "Models trained for 20 steps, losses and final weights against Keras's:",
    "",
    ...table(trajectoryRows()),
    "",
    "[Architectures](examples/zoo), held to keras.applications or to the same model written in Keras: parameters at full size;",
    "layers, weights and output shapes by name; outputs on the same weights, at sizes that fit a test. Empty where it would",
    "take too long:",
    "",
    ...table(architectureRows()),
    "",
    ...notes.lines,
    "",
    "Where Keras's code contradicts its documentation, lamella does what the documentation says, and so do the goldens",
    "(internal/keras-golden/lamella_golden/documented.py):",
    "",
    "- `training` given to a call, as in `base(x, { training: false })`, holds in `fit`, `evaluate` and `predict`. Keras's guide to",
    "  transfer learning relies on it; in Keras's code the mode of the whole model overrides it.",
    "- RandomCrop outside training gives images of the wanted size. Keras's code gives them back as they are.",
  ];
  return `${lines.join("\n")}\n`;
}
