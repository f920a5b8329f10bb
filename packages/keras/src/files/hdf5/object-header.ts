import { Cursor, cursorAt, damaged, notUnderstood, type Space } from "./cursor.ts";

/** Types of header messages that are looked at. */
export const messageTypes = {
  dataspace: 1,
  linkInfo: 2,
  datatype: 3,
  link: 6,
  externalFiles: 7,
  layout: 8,
  filters: 11,
  attribute: 12,
  continuation: 16,
  symbolTable: 17,
  attributeInfo: 21,
} as const;

export interface Message {
  readonly type: number;
  /** Kept elsewhere in the file: the body says where. */
  readonly shared: boolean;
  readonly body: Uint8Array;
}

/** Headers of more messages than this are made to exhaust memory. */
const mostMessages = 2 ** 20;

/** The messages of an object header, continuations included. */
export function readHeader(space: Space, address: number): Message[] {
  const isNew = space.source.read(address, 4)[0] === "O".codePointAt(0);
  return isNew ? readNew(space, address) : readOld(space, address);
}

/** The bodies of the messages of one type. Shared ones are looked up. */
export function bodies(space: Space, messages: readonly Message[], type: number): Uint8Array[] {
  return messages
    .filter((message) => message.type === type)
    .map(({ shared, body }) => (shared ? sharedBody(space, type, body) : body));
}

/** What a shared message stands for: the message of that type in another object's header. */
export function sharedBody(space: Space, type: number, body: Uint8Array): Uint8Array {
  const cursor = new Cursor(body, space);
  const version = cursor.version("shared message", 1, 2, 3);
  const kind = cursor.u8();
  if (version === 1) cursor.skip(6);
  if (version === 3 && kind !== 2) throw notUnderstood("messages in a shared heap");
  const address = cursor.address();
  const other = address === undefined ? undefined : readHeader(space, address).find((message) => message.type === type);
  if (other === undefined || other.shared) throw damaged("A shared message leads nowhere.", "a message", "none");
  return other.body;
}

function readOld(space: Space, address: number): Message[] {
  const prefix = cursorAt(space, address, 16);
  prefix.version("object header", 1);
  prefix.skip(1);
  const count = prefix.u16();
  prefix.skip(4);
  const size = prefix.u32();
  return readBlocks(space, { address: address + 16, size }, (cursor, messages) => {
    while (cursor.left >= 8 && messages.length < count) {
      const type = cursor.u16();
      const length = cursor.u16();
      const flags = cursor.u8();
      cursor.skip(3);
      messages.push({ type, shared: (flags & 2) !== 0, body: cursor.take(length) });
    }
  });
}

function readNew(space: Space, address: number): Message[] {
  const flags = cursorAt(space, address + 5, 1).u8();
  const prefixSize = 6 + ((flags & 32) === 0 ? 0 : 16) + ((flags & 16) === 0 ? 0 : 4);
  const prefix = cursorAt(space, address, prefixSize + 8);
  prefix.signature("OHDR");
  prefix.version("object header", 2);
  prefix.skip(prefixSize - 5);
  const sizeWidth = 2 ** (flags & 3);
  const size = prefix.uint(sizeWidth);
  const first = { address: address + prefixSize + sizeWidth, size };
  const overhead = (flags & 4) === 0 ? 4 : 6;
  return readBlocks(space, first, (cursor, messages, isFirst) => {
    if (!isFirst) cursor.signature("OCHK");
    const checksum = isFirst ? 0 : 4;
    while (cursor.left - checksum >= overhead) {
      const type = cursor.u8();
      const length = cursor.u16();
      const messageFlags = cursor.u8();
      cursor.skip(overhead - 4);
      messages.push({ type, shared: (messageFlags & 2) !== 0, body: cursor.take(length) });
    }
  });
}

function readBlocks(
  space: Space,
  first: { readonly address: number; readonly size: number },
  read: (cursor: Cursor, messages: Message[], isFirst: boolean) => void,
): Message[] {
  const messages: Message[] = [];
  const visited = new Set<number>();
  const blocks = [first];
  let followed = 0;
  for (let block = blocks.shift(); block !== undefined; block = blocks.shift()) {
    if (visited.has(block.address))
      throw damaged("An object header continues in itself.", "a block of its own", "a loop");
    visited.add(block.address);
    read(cursorAt(space, block.address, block.size), messages, block === first);
    if (messages.length > mostMessages)
      throw damaged("An object header has no end.", `${mostMessages} messages`, "more");
    for (const { type, body } of messages.slice(followed)) {
      if (type !== messageTypes.continuation) continue;
      const cursor = new Cursor(body, space);
      const address = cursor.address();
      if (address === undefined) throw damaged("An object header continues nowhere.", "an address", "none");
      blocks.push({ address, size: cursor.length() });
    }
    followed = messages.length;
  }
  return messages;
}
