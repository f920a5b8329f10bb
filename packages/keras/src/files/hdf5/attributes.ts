import { numbersOf } from "../numbers.ts";
import { Cursor, cursorAt, damaged, type Space, spend, textOf } from "./cursor.ts";
import { type Datatype, readDataspace, readDatatype } from "./datatype.ts";
import { denseObjects } from "./dense.ts";
import { bodies, type Message, messageTypes, sharedBody } from "./object-header.ts";

/** What an attribute holds: texts and numbers, one or a list of them. Anything else is undefined. */
export type AttributeValue = string | number | bigint | readonly string[] | readonly (number | bigint)[] | undefined;

export function readAttributes(space: Space, messages: readonly Message[]): Map<string, AttributeValue> {
  const attributes = new Map<string, AttributeValue>();
  for (const body of bodies(space, messages, messageTypes.attribute)) readAttribute(space, body, attributes);
  for (const info of bodies(space, messages, messageTypes.attributeInfo)) {
    for (const body of denseAttributes(space, info)) readAttribute(space, body, attributes);
  }
  return attributes;
}

function denseAttributes(space: Space, info: Uint8Array): Uint8Array[] {
  const cursor = new Cursor(info, space);
  cursor.version("attribute info", 0);
  const flags = cursor.u8();
  if ((flags & 1) !== 0) cursor.skip(2);
  const heap = cursor.address();
  const byName = cursor.address();
  const byOrder = (flags & 2) === 0 ? undefined : cursor.address();
  return heap === undefined ? [] : denseObjects(space, heap, byOrder ?? byName);
}

function readAttribute(space: Space, body: Uint8Array, attributes: Map<string, AttributeValue>): void {
  const cursor = new Cursor(body, space);
  const version = cursor.version("attribute", 1, 2, 3);
  const flags = version === 1 ? (cursor.skip(1), 0) : cursor.u8();
  const sizes = [cursor.u16(), cursor.u16(), cursor.u16()];
  if (version === 3) cursor.skip(1);
  const [name, typeBody, spaceBody] = sizes.map((size) => {
    const part = cursor.take(size);
    if (version === 1) cursor.skip(Math.min((8 - (size % 8)) % 8, cursor.left));
    return part;
  }) as [Uint8Array, Uint8Array, Uint8Array];
  const { datatype, dataspace } = messageTypes;
  const type = readDatatype(new Cursor((flags & 1) === 0 ? typeBody : sharedBody(space, datatype, typeBody), space));
  const shape = readDataspace(
    new Cursor((flags & 2) === 0 ? spaceBody : sharedBody(space, dataspace, spaceBody), space),
  );
  attributes.set(textOf(name), shape === undefined ? undefined : valueOf(space, type, shape, cursor));
}

function valueOf(space: Space, type: Datatype, shape: readonly number[], cursor: Cursor): AttributeValue {
  const count = shape.reduce((product, size) => product * size, 1);
  if (type.kind === "opaque" || type.kind === "other") return undefined;
  const data = cursor.take(count * type.bytes);
  const values =
    type.kind === "number"
      ? [...(numbersOf(data.slice(), type, count) as Iterable<number | bigint>)]
      : Array.from({ length: count }, (_, i) => {
          const element = data.subarray(i * type.bytes, (i + 1) * type.bytes);
          return type.kind === "text" ? textOf(element) : heapText(space, element);
        });
  return shape.length === 0 ? values[0] : values;
}

/** A text of variable length: its length, then where it stands in a global heap. */
function heapText(space: Space, reference: Uint8Array): string {
  const cursor = new Cursor(reference, space);
  const length = cursor.u32();
  const address = cursor.address();
  const index = cursor.u32();
  if (length === 0 || address === undefined || address === 0) return "";
  const known = space.texts.get(address) ?? collectionAt(space, address);
  space.texts.set(address, known);
  const bytes = known.get(index);
  if (bytes === undefined)
    throw damaged("A text is not where it should be.", `element ${index} of a global heap`, "none");
  spend(space, length);
  return textOf(bytes.subarray(0, length));
}

/** The objects of a global heap by their numbers. */
function collectionAt(space: Space, address: number): ReadonlyMap<number, Uint8Array> {
  const overhead = 8 + space.lengthSize;
  const head = cursorAt(space, address, overhead);
  head.signature("GCOL");
  head.version("global heap", 1);
  head.skip(3);
  const heap = cursorAt(space, address, head.length());
  heap.skip(overhead);
  const objects = new Map<number, Uint8Array>();
  while (heap.left >= overhead) {
    const index = heap.u16();
    heap.skip(6);
    const size = heap.length();
    if (index === 0) break;
    const bytes = heap.take(size);
    objects.set(index, bytes);
    heap.skip(Math.min((8 - (size % 8)) % 8, heap.left));
  }
  return objects;
}
