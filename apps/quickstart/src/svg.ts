type Attributes = Readonly<Record<string, string | number>>;

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

function escapeXml(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => entities[character]!);
}

function attributesOf(attributes: Attributes): string {
  return Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${typeof value === "number" ? Number(value.toFixed(2)) : escapeXml(value)}"`)
    .join("");
}

/** An SVG element around others. */
export function element(name: string, attributes: Attributes, children: readonly string[] = []): string {
  return `<${name}${attributesOf(attributes)}>${children.join("")}</${name}>`;
}

/** A line of text in an SVG picture. */
export function label(text: string, x: number, y: number, attributes: Attributes = {}): string {
  return element("text", { x, y, ...attributes }, [escapeXml(text)]);
}
