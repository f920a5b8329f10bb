import { LamellaError } from "@lamella/ir";
import { formatLocale } from "d3-format";

/** Numbers by Python's format specification, with a minus sign and, below, exponents as Python writes them. */
const python = formatLocale({ decimal: ".", thousands: ",", grouping: [3], currency: ["", ""], minus: "-" });

/**
 * Fills in a file name with Python's placeholders: `{epoch:02d}-{val_loss:.2f}.lamella`; `{{` is a brace.
 *
 * @param where the option that the template was given by
 * @throws LamellaError `config` for a name that is not there or a specification that nobody understands
 */
export function fillTemplate(template: string, values: Readonly<Record<string, number>>, where: string): string {
  const fail = (problem: string, expected: string, hint?: string) =>
    new LamellaError("config", { where, problem, expected, received: template, hint });
  return template.replaceAll(/\{\{|\}\}|\{([^{}:]*)(?::([^{}]*))?\}|[{}]/gu, (all, name?: string, spec?: string) => {
    if (all === "{{" || all === "}}") return all[0]!;
    if (name === undefined)
      throw fail(`There is a '${all}' alone.`, "{name} or {name:specification}", "A brace is written twice.");
    const value = values[name];
    if (value === undefined) throw fail(`There is no value '${name}' now.`, `one of ${Object.keys(values).join(", ")}`);
    if (spec === undefined || spec === "") return String(value);
    try {
      return python
        .format(spec)(value)
        .replace(/e([+-])(\d)$/u, "e$10$2");
    } catch {
      throw fail(`The specification '${spec}' cannot be understood.`, "one as Python's, such as '02d' or '.2f'");
    }
  });
}
