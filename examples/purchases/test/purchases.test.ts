import { describe, expect, test } from "vitest";

import { predictPurchases } from "../src/run.ts";
import { samplesAt, weekFeatures, weeks } from "../src/samples.ts";
import { type Customer, lastDay, readCustomers } from "../src/tables.ts";

describe("samples", () => {
  const purchaseOn = (day: number, invoices = 1) => {
    return { customer: 1, day, products: 2, items: 3, pounds: 10, returnedPounds: 0, invoices };
  };
  const customerOf = (...days: number[]): Customer => {
    return { customer: 1, country: "United Kingdom", purchases: days.map((day) => purchaseOn(day)) };
  };

  test("know nothing of the day itself and what comes after", () => {
    const { activity, profile, buys, recency } = samplesAt([customerOf(99), customerOf(99, 100, 150)], 100);
    const [one, other] = [0, 1].map((row) => activity.rows(row, row + 1).toNumbers());
    expect(other).toEqual(one);
    expect(profile.rows(1, 2).toNumbers()).toEqual(profile.rows(0, 1).toNumbers());
    expect([buys.toNumbers(), recency]).toEqual([
      [0, 1],
      [1, 1],
    ]);
  });

  test("ask for a purchase within 90 days, the first of them included", () => {
    const { buys } = samplesAt([customerOf(0, 100), customerOf(0, 189), customerOf(0, 190)], 100);
    expect(buys.toNumbers()).toEqual([1, 1, 0]);
  });

  test("leave out who has not bought anything yet, and do not take returns for purchases", () => {
    const returns: Customer = { ...customerOf(50), purchases: [purchaseOn(50, 0)] };
    expect(samplesAt([customerOf(100), returns, customerOf(0)], 100).recency).toEqual([100]);
    const later: Customer = { ...customerOf(0), purchases: [purchaseOn(0), purchaseOn(120, 0)] };
    expect(samplesAt([later], 100).buys.toNumbers()).toEqual([0]);
  });

  test("put the week before the day last", () => {
    const day = 400;
    const { activity } = samplesAt([customerOf(day - 1, day - 7, day - 8, day - 7 * weeks)], day);
    const invoices = activity.toNumbers().filter((_, i) => i % weekFeatures.length === 0);
    const wanted = Array.from({ length: weeks }, () => 0);
    [wanted[weeks - 1], wanted[weeks - 2], wanted[0]] = [2, 1, 1];
    expect(invoices).toEqual(wanted.map((count) => Math.fround(Math.log1p(count))));
  });
});

test("the tables hold what the attribution says", () => {
  const customers = readCustomers();
  expect(customers).toHaveLength(5942);
  const days = customers.flatMap(({ purchases }) => purchases.map(({ day }) => day));
  expect([Math.min(...days.slice(0, 1000)) >= 0, days.reduce((a, b) => Math.max(a, b))]).toEqual([true, lastDay]);
});

test("the model ranks customers better than the time since their last purchase", { timeout: 120_000 }, async () => {
  const { auc, recencyAuc, share, accuracy } = await predictPurchases(3, 0);
  expect(auc).toBeGreaterThan(recencyAuc + 0.02);
  expect(accuracy).toBeGreaterThan(Math.max(share, 1 - share) + 0.05);
});
