import { randomRounds } from "@lamella/ir";

import type { EmitTable } from "./graph.ts";

/** See random-bits.ts in ir: the counter is split in int32, the rounds are float32 on whole numbers below 2^24. */
export const random: Pick<EmitTable, "RandomBits"> = {
  RandomBits(node) {
    const [key, counter] = node.wires;
    const whole = (value: number) => node.scalar("int32", value);
    const real = (value: number) => node.scalar("float32", value);
    const high = node.step("Div", [counter!, whole(2048)]);
    const lane = (wire: string) => node.cast(node.step("Mod", [wire, whole(2048)]), "float32");
    let [a, b, c] = [lane(node.step("Div", [high, whole(2048)])), lane(high), lane(counter!)];
    const keys = node.cast(key!, "float32");
    for (let round = 0; round < randomRounds; round++) {
      const sum = node.step("Add", [b, node.step("Gather", [keys, whole(round)], { axis: 0 })]);
      const mixed = node.step("Floor", [node.step("Mul", [node.step("Mul", [sum, sum]), real(1 / 64)])]);
      const total = node.step("Add", [a, mixed]);
      const quotient = node.step("Floor", [node.step("Mul", [total, real(1 / 2048)])]);
      const next = node.step("Sub", [total, node.step("Mul", [quotient, real(2048)])]);
      [a, b, c] = [b, c, next];
    }
    const bits = node.step("Add", [node.step("Mul", [b, real(2048)]), c]);
    node.finish("Cast", [bits], { to: 6 });
  },
};
