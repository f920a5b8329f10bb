import { Tensor } from "lamella";

import type { Customer, Purchase } from "./tables.ts";

export const weeks = 52;
export const horizon = 90;

export const weekFeatures = ["invoices", "items", "pounds", "returned"] as const;
export const profileFeatures = [
  "spent",
  "invoices",
  "products a day",
  "returned share",
  "days known",
  "days since the last purchase",
  "lives in the United Kingdom",
] as const;

/** What is known of customers before a day, and who of them buys in the 90 days from it on. */
export interface Samples {
  /** (customers, 52 weeks, 4): the weeks before the day, oldest first. */
  readonly activity: Tensor;
  /** (customers, 7). */
  readonly profile: Tensor;
  /** (customers, 1): 1 for those who buy. */
  readonly buys: Tensor;
  /** Days since the last purchase, customer by customer: what a simple guess goes by. */
  readonly recency: readonly number[];
}

const bought = ({ invoices }: Purchase) => invoices > 0;
const sum = (purchases: readonly Purchase[], of: (purchase: Purchase) => number) =>
  purchases.reduce((total, purchase) => total + of(purchase), 0);

function activityOf(past: readonly Purchase[], day: number): number[] {
  const rows = Array.from({ length: weeks }, () => weekFeatures.map(() => 0));
  for (const purchase of past) {
    const ago = Math.floor((day - 1 - purchase.day) / 7);
    const row = rows[weeks - 1 - ago];
    if (row === undefined) continue;
    const { invoices, items, pounds, returnedPounds } = purchase;
    for (const [i, value] of [invoices, items, pounds, returnedPounds].entries()) row[i]! += value;
  }
  return rows.flat().map(Math.log1p);
}

function profileOf({ country }: Customer, past: readonly Purchase[], day: number, recency: number): number[] {
  const pounds = sum(past, (purchase) => purchase.pounds);
  const returned = sum(past, (purchase) => purchase.returnedPounds);
  return [
    Math.log1p(pounds),
    Math.log1p(sum(past, ({ invoices }) => invoices)),
    Math.log1p(sum(past, ({ products }) => products) / past.length),
    pounds === 0 ? 0 : Math.min(1, returned / pounds),
    day - past[0]!.day,
    recency,
    Number(country === "United Kingdom"),
  ];
}

/** The samples of one day: everybody who bought something before it. */
export function samplesAt(customers: readonly Customer[], day: number): Samples {
  const rows = customers.flatMap((customer) => {
    const past = customer.purchases.filter((purchase) => purchase.day < day);
    const last = past.findLast(bought);
    if (last === undefined) return [];
    const recency = day - last.day;
    const buys = customer.purchases.some(
      (purchase) => bought(purchase) && purchase.day >= day && purchase.day < day + horizon,
    );
    return [{ activity: activityOf(past, day), profile: profileOf(customer, past, day, recency), recency, buys }];
  });
  const count = rows.length;
  const floats = (shape: readonly number[], values: readonly number[]) =>
    new Tensor("float32", [count, ...shape], Float32Array.from(values));
  return {
    activity: floats(
      [weeks, weekFeatures.length],
      rows.flatMap(({ activity }) => activity),
    ),
    profile: floats(
      [profileFeatures.length],
      rows.flatMap(({ profile }) => profile),
    ),
    buys: floats(
      [1],
      rows.map(({ buys }) => Number(buys)),
    ),
    recency: rows.map(({ recency }) => recency),
  };
}
