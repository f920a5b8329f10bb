import { absorb, randomBits, type RandomKey, randomKey, randomRounds, randomUniform } from "@lamella/ir";
import { expect, test } from "vitest";

// Values of an independent implementation in Python.
const baseKey: RandomKey = [1608, 1342, 555, 69, 330, 1043, 1235, 1137, 460, 1475, 2028, 913];

test.for<[number, number]>([
  [0, 2856940],
  [1, 1251298],
  [2047, 2617209],
  [2048, 3408814],
  [4194303, 1714004],
  [4194304, 4114694],
  [16777216, 4124067],
  [2147483648, 1156931],
  [8589934591, 2565904],
])("bits of counter %i", ([counter, bits]) => {
  expect(randomBits(baseKey, counter)).toBe(bits);
});

test.for<[number, RandomKey]>([
  [0, [2028, 2018, 524, 838, 1597, 1363, 585, 1129, 920, 1718, 1125, 1268]],
  [65536, [590, 1727, 522, 235, 1878, 649, 1706, 1958, 635, 1566, 1079, 753]],
  [134217727, [1552, 1743, 1835, 1193, 206, 134, 846, 274, 1051, 374, 229, 1030]],
])("a key absorbs %i", ([word, key]) => {
  expect(absorb(baseKey, word)).toEqual(key);
});

test.for<[readonly (string | number)[], RandomKey, readonly number[]]>([
  [[], baseKey, [2856940, 1251298, 3392012, 1166150]],
  [["ab"], [1775, 1110, 412, 434, 231, 1402, 1600, 1856, 1630, 385, 383, 1228], [3101409, 3566029, 381447, 2147741]],
  [
    ["a", "b"],
    [1514, 1925, 1958, 1458, 41, 1544, 1889, 1395, 1182, 1799, 546, 429],
    [659505, 3766917, 3363875, 1160519],
  ],
  [[65536], [1776, 253, 771, 86, 367, 193, 1464, 1298, 860, 196, 755, 1789], [2401795, 3902793, 196294, 776315]],
  [[4294967295], [153, 775, 226, 471, 133, 181, 50, 1866, 1338, 1799, 77, 564], [3021853, 4190866, 3010075, 1899230]],
  [
    ["dense/relu_no_bias", "input", 0],
    [1598, 1953, 1164, 1681, 1375, 240, 1646, 1300, 1790, 90, 1440, 1268],
    [1875484, 2498373, 1645206, 1018864],
  ],
])("the key of %j", ([words, key, bits]) => {
  expect(randomKey(...words)).toEqual(key);
  expect(bits.map((_, counter) => randomBits(key, counter))).toEqual(bits);
});

test("uniform numbers are spread over [-1, 1) and exact in float32", () => {
  const values = randomUniform(baseKey, 4096);
  expect(Array.from(values.slice(0, 3))).toEqual([0.36229515075683594, -0.4033346176147461, 0.6174373626708984]);
  expect(values.every((value) => value >= -1 && value < 1 && Number.isInteger(value * 2097152))).toBe(true);
  const counts = Array.from({ length: 16 }, () => 0);
  for (const value of values) counts[Math.floor((value + 1) * 8)]! += 1;
  const chiSquare = counts.reduce((sum, count) => sum + (count - 256) ** 2 / 256, 0);
  expect(chiSquare).toBeLessThan(37.7); // 15 degrees of freedom: exceeded once in 1,000
});

test("a changed bit of the counter or the key changes half of the bits", () => {
  const flips = (a: number, b: number) => Array.from({ length: 22 }, (_, i) => ((a ^ b) >> i) & 1);
  const changed = (change: (key: RandomKey, counter: number) => number) => {
    let sum = 0;
    for (let counter = 0; counter < 500; counter++) {
      const difference = flips(randomBits(baseKey, counter * 97), change(baseKey, counter * 97));
      sum += difference.reduce((total, bit) => total + bit, 0) / 22;
    }
    return sum / 500;
  };
  for (let bit = 0; bit < 33; bit += 4) {
    const share = changed((key, counter) => randomBits(key, counter + 2 ** bit));
    expect(share).toBeCloseTo(0.5, 1);
  }
  const first = changed((key, counter) => randomBits([key[0]! ^ 1, ...key.slice(1)], counter));
  expect(first).toBeCloseTo(0.5, 1);
  expect(baseKey).toHaveLength(randomRounds);
});
