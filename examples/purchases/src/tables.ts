import { readFileSync } from "node:fs";

/** What a customer bought on one day. */
export interface Purchase {
  readonly customer: number;
  /** Days since 1 December 2009. */
  readonly day: number;
  readonly invoices: number;
  readonly products: number;
  readonly items: number;
  readonly pounds: number;
  readonly returnedPounds: number;
}

export interface Customer {
  readonly customer: number;
  readonly country: string;
  /** By day. */
  readonly purchases: readonly Purchase[];
}

/** The last day that the tables know of. */
export const lastDay = 738;

function linesOf(name: string): readonly (readonly string[])[] {
  const text = readFileSync(new URL(`../data/${name}`, import.meta.url), "utf8");
  return text
    .trimEnd()
    .split("\n")
    .slice(1)
    .map((line) => line.split(","));
}

/** Everybody who bought something, with all they bought. */
export function readCustomers(): readonly Customer[] {
  const byCustomer = new Map<number, Purchase[]>();
  for (const line of linesOf("purchases.csv")) {
    const [customer, day, invoices, products, items, pence, returned] = line.map(Number) as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const own = byCustomer.get(customer) ?? [];
    own.push({ customer, day, invoices, products, items, pounds: pence / 100, returnedPounds: returned / 100 });
    byCustomer.set(customer, own);
  }
  return linesOf("customers.csv").map(([customer, country]) => ({
    customer: Number(customer),
    country: country!,
    purchases: byCustomer.get(Number(customer))!,
  }));
}
