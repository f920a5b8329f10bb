import { LamellaError } from "../../errors.ts";
import type { Tensor } from "../../tensor.ts";

/** What a vocabulary depends on in the configuration of a lookup. */
export interface VocabularyConfig {
  readonly vocabulary: readonly number[] | null;
  readonly idfWeights: readonly number[] | null;
  readonly maxTokens: number | null;
  readonly numOovIndices: number;
  readonly maskToken: number | null;
  readonly oovToken: number | null;
  readonly invert: boolean;
  readonly outputMode: string;
  readonly padToMaxTokens: boolean;
}

/** Tokens with the indices that stand in front of theirs. */
export interface Vocabulary {
  readonly tokens: readonly number[];
  /** The index of the first token that stands for unknown ones. */
  readonly oovStart: number;
  /** The index of the first token of the vocabulary. */
  readonly tokenStart: number;
  /** Of every index, where tokens are weighed. */
  readonly idfWeights: readonly number[];
}

function starts({ maskToken, numOovIndices, outputMode }: VocabularyConfig): readonly [number, number] {
  const oovStart = maskToken !== null && outputMode === "int" ? 1 : 0;
  return [oovStart, oovStart + numOovIndices];
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The vocabulary that a configuration names, without the special tokens that may lead it. @throws LamellaError `config` */
export function vocabularyOf(config: VocabularyConfig, given: readonly number[], where: string): Vocabulary {
  const [oovStart, tokenStart] = starts(config);
  const { maskToken, oovToken, maxTokens, numOovIndices } = config;
  const special = [...Array<number | null>(oovStart).fill(maskToken), ...Array(numOovIndices).fill(oovToken)];
  const hasSpecial = special.every((token, i) => token === given[i]);
  const tokens = hasSpecial ? given.slice(tokenStart) : given;
  const reserved = [maskToken, ...(config.invert ? [oovToken] : [])].filter((token) => token !== null);
  const found = reserved.find((token) => tokens.includes(token));
  if (found !== undefined) {
    throw new LamellaError("config", {
      where,
      problem: `The vocabulary holds the reserved token ${found} where it must not be.`,
      expected: `no special tokens, or all of them in front: [${special.join(", ")}]`,
      received: `[${given.join(", ")}]`,
    });
  }
  const repeated = tokens.find((token, i) => tokens.indexOf(token) < i);
  if (repeated !== undefined) {
    throw new LamellaError("config", { where, problem: `The vocabulary holds ${repeated} more than once.` });
  }
  if (tokens.length === 0 || (maxTokens !== null && tokenStart + tokens.length > maxTokens)) {
    throw new LamellaError("config", {
      where,
      problem: tokens.length === 0 ? "The vocabulary is empty." : "The vocabulary is larger than 'maxTokens'.",
      expected: maxTokens === null ? "at least one token" : `1 to ${maxTokens - tokenStart} tokens`,
      received: String(tokens.length),
    });
  }
  return { tokens, oovStart, tokenStart, idfWeights: weigh(config, given.length, hasSpecial ? 0 : tokenStart, where) };
}

/** Weights of every index: unknown tokens weigh the mean, padding nothing. */
function weigh(config: VocabularyConfig, length: number, front: number, where: string): readonly number[] {
  const { idfWeights: weights, maxTokens } = config;
  if (config.outputMode !== "tfIdf") return [];
  if (weights?.length !== length) {
    throw new LamellaError("config", {
      where,
      problem: "The output mode 'tfIdf' needs a weight for every token of the vocabulary.",
      expected: `${length} 'idfWeights'`,
      received: weights === null ? "none" : String(weights.length),
    });
  }
  const back = config.padToMaxTokens ? maxTokens! - front - length : 0;
  return [...Array<number>(front).fill(mean(weights)), ...weights, ...Array<number>(back).fill(0)];
}

/** How often every token occurs, and in how many documents, which are the rows. */
function count(batches: readonly Tensor[]) {
  const counts = new Map<number, number>();
  const documents = new Map<number, number>();
  let rows = 0;
  for (const batch of batches) {
    const tokens = batch.toNumbers().map(Math.trunc);
    const isRow = batch.shape.length < 2 && batches.length > 1;
    const width = isRow ? tokens.length : tokens.length / (batch.shape[0] ?? 1);
    for (const token of tokens) counts.set(token, (counts.get(token) ?? 0) + 1);
    for (let start = 0; start < tokens.length; start += width, rows++) {
      const row = new Set(tokens.slice(start, start + width));
      for (const token of row) documents.set(token, (documents.get(token) ?? 0) + 1);
    }
  }
  return { counts, documents, rows };
}

/** The tokens of some data, the most frequent first and of equally frequent ones the largest, with their weights. */
export function learnVocabulary(config: VocabularyConfig, batches: readonly Tensor[]) {
  const { counts, documents, rows } = count(batches);
  const { maskToken, oovToken, maxTokens, outputMode } = config;
  const known = [...counts].filter(([token]) => token !== maskToken && token !== oovToken);
  const sorted = known.toSorted(([a, left], [b, right]) => right - left || b - a).map(([token]) => token);
  const vocabulary = sorted.slice(0, maxTokens === null ? sorted.length : maxTokens - starts(config)[1]);
  if (outputMode !== "tfIdf") return { vocabulary };
  return { vocabulary, idfWeights: vocabulary.map((token) => Math.log(1 + rows / (1 + documents.get(token)!))) };
}
