import { predictPurchases } from "./run.ts";

const { customers, share, auc, accuracy, recencyAuc } = await predictPurchases(8);
console.log(`${customers} customers, ${(100 * share).toFixed(1)} % of them buy`);
console.log(`accuracy ${(100 * accuracy).toFixed(1)} %, area under the ROC curve ${auc.toFixed(3)}`);
console.log(`guessing by the last purchase: ${recencyAuc.toFixed(3)}`);
