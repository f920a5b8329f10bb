import { LamellaError } from "@lamella/ir";

import { Cursor, cursorAt, damaged, type Space, textOf } from "./cursor.ts";
import { denseObjects } from "./dense.ts";
import { bodies, type Message, messageTypes } from "./object-header.ts";

/** A member of a group: its name and the address of its header. */
export interface Link {
  readonly name: string;
  readonly address: number;
}

/**
 * The members of a group in the order of the file, or undefined for what is no group.
 *
 * @throws LamellaError `format` for links that lead elsewhere by name: into other files or across the tree
 */
export function readLinks(space: Space, messages: readonly Message[]): Link[] | undefined {
  const [table] = bodies(space, messages, messageTypes.symbolTable);
  if (table !== undefined) return symbolTable(space, new Cursor(table, space));
  const [info] = bodies(space, messages, messageTypes.linkInfo);
  const compact = bodies(space, messages, messageTypes.link);
  if (info === undefined && compact.length === 0) return undefined;
  return [...compact, ...(info === undefined ? [] : denseLinks(space, info))].map((body) => readLink(space, body));
}

function denseLinks(space: Space, info: Uint8Array): Uint8Array[] {
  const cursor = new Cursor(info, space);
  cursor.version("link info", 0);
  const flags = cursor.u8();
  if ((flags & 1) !== 0) cursor.skip(8);
  const heap = cursor.address();
  const byName = cursor.address();
  const byOrder = (flags & 2) === 0 ? undefined : cursor.address();
  return heap === undefined ? [] : denseObjects(space, heap, byOrder ?? byName);
}

function readLink(space: Space, body: Uint8Array): Link {
  const cursor = new Cursor(body, space);
  cursor.version("link", 1);
  const flags = cursor.u8();
  const kind = (flags & 8) === 0 ? 0 : cursor.u8();
  if ((flags & 4) !== 0) cursor.skip(8);
  if ((flags & 16) !== 0) cursor.skip(1);
  const name = cursor.string(cursor.uint(2 ** (flags & 3)));
  if (kind !== 0) throw refused(kind === 1 ? "soft" : kind === 64 ? "external" : "user-defined", name);
  return checked(name, cursor.address());
}

function symbolTable(space: Space, body: Cursor): Link[] {
  const tree = body.address();
  const heap = cursorAt(space, body.address(), 8 + 2 * space.lengthSize + space.offsetSize);
  heap.signature("HEAP");
  heap.version("local heap", 0);
  heap.skip(3);
  const size = heap.length();
  heap.length();
  const names = cursorAt(space, heap.address(), size).bytes;
  const links: Link[] = [];
  const visited = new Set<number>();
  const visit = (address: number | undefined, above: number): void => {
    if (address === undefined || visited.has(address))
      throw damaged("A group's tree leads in circles.", "a node", "none");
    visited.add(address);
    const head = cursorAt(space, address, 8);
    const kind = head.string(4);
    if (kind === "SNOD") {
      head.skip(2);
      readNode(space, address, head.u16(), names, links);
      return;
    }
    if (kind !== "TREE" || head.u8() !== 0) throw damaged("A group's tree is broken.", "TREE or SNOD", `'${kind}'`);
    const level = head.u8();
    if (level >= above) throw damaged("A group's tree is broken.", `a level below ${above}`, `${level}`);
    const count = head.u16();
    const entry = space.lengthSize + space.offsetSize;
    const entries = cursorAt(space, address + 8 + 2 * space.offsetSize, count * entry);
    for (let i = 0; i < count; i++) {
      entries.skip(space.lengthSize);
      visit(entries.address(), level);
    }
  };
  visit(tree, 256);
  return links;
}

function readNode(space: Space, address: number, count: number, names: Uint8Array, links: Link[]): void {
  const entry = 2 * space.offsetSize + 24;
  const node = cursorAt(space, address + 8, count * entry);
  for (let i = 0; i < count; i++) {
    const at = node.uint(space.offsetSize);
    const header = node.address();
    const isSoft = node.u32() === 2;
    node.skip(20);
    const name = textOf(names.subarray(Math.min(at, names.length)));
    if (isSoft) throw refused("soft", name);
    links.push(checked(name, header));
  }
}

function checked(name: string, address: number | undefined): Link {
  const isOdd = name === "" || name === "." || name === ".." || name.includes("/");
  if (isOdd || address === undefined)
    throw damaged("A group has a member without a name or a place.", "a link", `'${name}'`);
  return { name, address };
}

function refused(kind: string, name: string): LamellaError {
  return new LamellaError("format", {
    problem: `The HDF5 file has a ${kind} link, '${name}'.`,
    expected: "objects that lie in the file itself, each in one place",
    hint: "Keras writes none and refuses them: a link may lead out of the file.",
  });
}
