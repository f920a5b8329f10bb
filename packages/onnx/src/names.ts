/** Gives every value of a model, and every node, a name of its own. */
export class Names {
  private readonly taken = new Set<string>();

  /** `base` itself the first time, then `base_1`, `base_2`, ... */
  unique(base: string): string {
    let name = base;
    for (let i = 1; this.taken.has(name); i++) name = `${base}_${i}`;
    this.taken.add(name);
    return name;
  }
}
