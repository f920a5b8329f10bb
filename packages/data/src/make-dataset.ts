import { csv } from "./csv.ts";
import { Dataset } from "./dataset.ts";
import { fromArrays, fromGenerator } from "./from-memory.ts";
import { imageFolder } from "./images/image-folder.ts";
import { npy, npz } from "./npz.ts";

interface DatasetSources {
  readonly fromArrays: typeof fromArrays;
  readonly fromGenerator: typeof fromGenerator;
  readonly csv: typeof csv;
  readonly imageFolder: typeof imageFolder;
  readonly npy: typeof npy;
  readonly npz: typeof npz;
  readonly zip: typeof Dataset.zip;
}

/** Where datasets come from: `dataset(x, y)` and `dataset.fromArrays(x, y)` are the same. */
export const dataset: typeof fromArrays & DatasetSources = Object.assign<typeof fromArrays, DatasetSources>(
  fromArrays.bind(undefined),
  {
    fromArrays,
    fromGenerator,
    csv,
    imageFolder,
    npy,
    npz,
    zip: (...datasets) => Dataset.zip(...datasets),
  },
);
