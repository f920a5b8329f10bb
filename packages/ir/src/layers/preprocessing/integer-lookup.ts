import { defineLayer } from "../../define-layer.ts";
import { type DType, isFloating } from "../../dtype.ts";
import { LamellaError } from "../../errors.ts";
import { type ConfigOf, type Field, fields } from "../../fields.ts";
import type { Tracer } from "../../graph-builder.ts";
import type { LowerContext } from "../../lowering.ts";
import { Add, And, Cast, Constant, Gather, GreaterOrEqual, Less, Mod, Mul, Where } from "../../operators.ts";
import { tensor } from "../../tensor.ts";
import { encodeCategories, encodings, sparse } from "./categories.ts";
import { hashBins, saltField } from "./hashing.ts";
import { lookUp } from "./sorted-table.ts";
import { learnVocabulary, type Vocabulary, vocabularyOf } from "./vocabulary.ts";

function numbers(): Field<readonly number[]> {
  const expects = "a list of numbers";
  return {
    expects,
    parse(input, where) {
      if (Array.isArray(input) && input.every(Number.isFinite)) return input as readonly number[];
      const received = JSON.stringify(input) ?? String(input);
      throw new LamellaError("config", { where, problem: "The value cannot be used.", expected: expects, received });
    },
    toJson: (value) => value,
  };
}

type Context = LowerContext<ConfigOf<typeof lookupFields>>;

const lookupFields = {
  maxTokens: fields.orNull(fields.integer({ min: 2 })),
  numOovIndices: fields.integer({ default: 1, min: 0 }),
  maskToken: fields.orNull(fields.integer()),
  oovToken: fields.orNull(fields.integer({ default: -1 })),
  vocabulary: fields.orNull(fields.integers()),
  vocabularyDtype: fields.choice(["int64"], "int64"),
  idfWeights: fields.orNull(numbers()),
  invert: fields.boolean(false),
  outputMode: fields.choice(["int", ...encodings, "tfIdf"], "int"),
  sparse: sparse(),
  padToMaxTokens: fields.boolean(false),
  oovMethod: fields.choice(["floormod", "farmhash"], "floormod"),
  salt: saltField(),
};

/** Which of the indices for unknown tokens a token gets. A hash is what the host takes before the model runs. */
function oovBins(context: Context, given: Tracer, x: Tracer): Tracer {
  const { numOovIndices: count, oovMethod, salt } = context.config;
  if (oovMethod === "floormod") return Cast(Mod(x, count), "int32");
  return context.onHost(given, "int32", (values) => hashBins(values, count, salt));
}

/** The indices of tokens; -1 for what has none. */
function indicesOf(context: Context, given: Tracer, x: Tracer, { tokens, oovStart, tokenStart }: Vocabulary): Tracer {
  const { builder, config } = context;
  const { isThere, value } = lookUp(
    builder,
    x,
    tokens.map((token, i) => [token, tokenStart + i]),
  );
  const count = config.numOovIndices;
  const unknown = count > 1 ? Add(oovBins(context, given, x), oovStart) : count === 1 ? oovStart : -1;
  const indices = Where(isThere, value, unknown);
  if (config.maskToken === null) return indices;
  const { isThere: isMask } = lookUp(builder, x, [[config.maskToken, 0]]);
  return Where(isMask, config.outputMode === "int" ? 0 : -1, indices);
}

/** The tokens of indices; the token for unknown ones where there is none. */
function tokensOf(context: Context, x: Tracer, { tokens, oovStart, tokenStart }: Vocabulary): Tracer {
  const { maskToken, oovToken } = context.config;
  if (oovToken === null) throw context.error("config", { problem: "An inverse lookup needs an 'oovToken'." });
  const special = Array.from({ length: tokenStart }, (_, i) => (i < oovStart ? maskToken! : oovToken));
  const all = [...special, ...tokens];
  const table = Constant(context.builder, tensor(all, undefined, "int64"));
  const isIndex = And(GreaterOrEqual(x, 0), Less(x, all.length));
  const index = Cast(Where(isIndex, x, 0), "int32");
  return Where(isIndex, Gather(table, index), oovToken);
}

/** The configuration's vocabulary, once what contradicts it is refused. */
function knownVocabulary(context: Context): Vocabulary {
  const { config, name } = context;
  const { invert, outputMode, padToMaxTokens, maxTokens, idfWeights, vocabulary } = config;
  const error = (problem: string) => context.error("config", { problem });
  if (invert && outputMode !== "int") throw error("An inverse lookup gives tokens: its output mode is 'int'.");
  if (padToMaxTokens && maxTokens === null) throw error("'padToMaxTokens' needs 'maxTokens'.");
  if (idfWeights !== null && outputMode !== "tfIdf") {
    throw error("'idfWeights' are for the output mode 'tfIdf'.");
  }
  if (config.salt !== null && config.oovMethod !== "farmhash") {
    throw error("'salt' is for the method 'farmhash' of unknown tokens.");
  }
  if (vocabulary !== null) return vocabularyOf(config, vocabulary, name);
  throw context.error("config", {
    problem: "The layer has no vocabulary.",
    hint: "Give it a vocabulary, or adapt(data) before it is called.",
  });
}

/** Whole numbers to their indices in a vocabulary, or, inverted, back; `adapt` collects one. (Keras: IntegerLookup.) */
export const integerLookup = defineLayer({
  type: "IntegerLookup",
  fields: lookupFields,
  inputDType: "int32",
  casts: "none",
  adapt(config, batches, where) {
    if (config.vocabulary === null) return { config: learnVocabulary(config, batches) };
    throw new LamellaError("state", { where, problem: "The layer has been given its vocabulary." });
  },
  lower(context, [x]) {
    const { builder, config } = context;
    const vocabulary = knownVocabulary(context);
    const narrow: readonly DType[] = ["int32", "uint8", "bool"];
    const input = Cast(x!.tensor, narrow.includes(x!.tensor.dtype) ? "int32" : "int64");
    if (config.invert) return tokensOf(context, input, vocabulary);
    const indices = indicesOf(context, x!.tensor, input, vocabulary);
    if (config.outputMode === "int") return Cast(indices, "int64");
    const size = vocabulary.tokenStart + vocabulary.tokens.length;
    const depth = config.padToMaxTokens ? config.maxTokens! : size;
    const dtype = isFloating(context.dtype) ? context.dtype : "float32";
    if (config.outputMode !== "tfIdf") return encodeCategories(indices, config.outputMode, depth, dtype);
    const weights = Constant(builder, tensor(vocabulary.idfWeights, undefined, dtype));
    return Mul(encodeCategories(indices, "count", depth, dtype), weights);
  },
});
