import { checkWhole, LamellaError, Tensor } from "@lamella/ir";

const defaultFilters = '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n';

interface WordOptions {
  /** Characters that count as `split`. Default: punctuation, tabs and ends of lines, but not apostrophes. */
  readonly filters?: string;
  /** Whether capitals become small letters. Default true. */
  readonly lower?: boolean;
  /** What words are separated by. Default a space. */
  readonly split?: string;
}

export interface TokenizerOptions extends WordOptions {
  /** The size of the vocabulary, 0 included: the numWords - 1 most frequent words are kept. Default: all. */
  readonly numWords?: number;
  /** Whether every character is a word. Default false. */
  readonly charLevel?: boolean;
  /** What stands for words that are not known; it has number 1. Default: such words are left out. */
  readonly oovToken?: string;
}

type MatrixMode = "binary" | "count" | "freq" | "tfidf";

/** A text, or a list of its words. */
type Text = string | readonly string[];

/** The words of a text. (Keras: text_to_word_sequence.) */
export function textToWordSequence(text: string, options: WordOptions = {}): string[] {
  const { filters = defaultFilters, lower = true, split = " " } = options;
  const small = lower ? text.toLowerCase() : text;
  const plain = Array.from(small, (character) => (filters.includes(character) ? split : character)).join("");
  return plain.split(split).filter((word) => word !== "");
}

/** Gives words numbers, the most frequent the smallest, from 1 on; 0 is for padding. (Keras: preprocessing.text.Tokenizer.) */
export class Tokenizer {
  private readonly options: TokenizerOptions;
  private readonly counts = new Map<string, number>();
  private readonly documentsWith = new Map<string, number>();
  private documents = 0;
  private numbers: ReadonlyMap<string, number> = new Map();
  private words: readonly string[] = [];

  constructor(options: TokenizerOptions = {}) {
    if (options.numWords !== undefined) checkWhole("numWords", options.numWords, 1);
    this.options = options;
  }

  /** The number of every word that was seen, those beyond numWords included. */
  get wordIndex(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.numbers);
  }

  /** How many texts it was fitted on. */
  get documentCount(): number {
    return this.documents;
  }

  /** Counts the words of texts, on top of those of earlier calls. */
  fitOnTexts(texts: Iterable<Text>): void {
    for (const text of texts) {
      this.documents += 1;
      const words = this.wordsOf(text);
      for (const word of words) this.counts.set(word, (this.counts.get(word) ?? 0) + 1);
      for (const word of new Set(words)) this.documentsWith.set(word, (this.documentsWith.get(word) ?? 0) + 1);
    }
    const byCount = [...this.counts].toSorted(([, a], [, b]) => b - a).map(([word]) => word);
    const { oovToken } = this.options;
    this.words = oovToken === undefined ? byCount : [oovToken, ...byCount];
    this.numbers = new Map(this.words.map((word, i) => [word, i + 1]));
  }

  /** The numbers of the words of each text. @throws LamellaError `state` before `fitOnTexts` */
  textsToSequences(texts: Iterable<Text>): number[][] {
    this.checkFitted();
    return Array.from(texts, (text) => this.wordsOf(text).flatMap((word) => this.kept(this.numbers.get(word)) ?? []));
  }

  /** The words of numbers, joined by spaces. @throws LamellaError `state` before `fitOnTexts` */
  sequencesToTexts(sequences: Iterable<readonly number[]>): string[] {
    this.checkFitted();
    return Array.from(sequences, (sequence) =>
      sequence
        .map((number) => this.kept(this.words[number - 1] === undefined ? undefined : number))
        .flatMap((number) => (number === undefined ? [] : this.words[number - 1]!))
        .join(" "),
    );
  }

  /**
   * What words each text has, float32 of shape [texts, words + 1 or numWords].
   *
   * @param mode 'binary' (default), 'count', 'freq' (of the text's words) or 'tfidf'
   */
  textsToMatrix(texts: Iterable<Text>, mode: MatrixMode = "binary"): Tensor<"float32"> {
    const sequences = this.textsToSequences(texts);
    const width = this.options.numWords ?? this.words.length + 1;
    const data = new Float32Array(sequences.length * width);
    for (const [row, sequence] of sequences.entries()) {
      for (const number of new Set(sequence)) {
        const count = sequence.filter((other) => other === number).length;
        data[row * width + number] = this.weight(number, count, sequence.length, mode);
      }
    }
    return new Tensor("float32", [sequences.length, width], data);
  }

  private weight(number: number, count: number, length: number, mode: MatrixMode): number {
    if (mode === "binary") return 1;
    if (mode === "count") return count;
    if (mode === "freq") return count / length;
    if (mode === "tfidf") {
      const documents = this.documentsWith.get(this.words[number - 1]!) ?? 0;
      return (1 + Math.log(count)) * Math.log(1 + this.documents / (1 + documents));
    }
    throw new LamellaError("config", {
      where: "mode",
      problem: "The value cannot be used.",
      expected: "'binary', 'count', 'freq' or 'tfidf'",
      received: String(mode),
    });
  }

  /** The number itself when it is in the vocabulary, that of the token for unknown words else, if there is one. */
  private kept(number: number | undefined): number | undefined {
    const { numWords = Infinity, oovToken } = this.options;
    if (number !== undefined && number < numWords) return number;
    return oovToken === undefined ? undefined : 1;
  }

  private wordsOf(text: Text): readonly string[] {
    const { charLevel = false, lower = true } = this.options;
    if (typeof text === "string" && !charLevel) return textToWordSequence(text, this.options);
    const words = Array.from(text);
    return lower ? words.map((word) => word.toLowerCase()) : words;
  }

  private checkFitted(): void {
    if (this.documents > 0) return;
    throw new LamellaError("state", {
      where: "Tokenizer",
      problem: "The tokenizer knows no words yet.",
      hint: "Call fitOnTexts first.",
    });
  }
}

/** Texts as lists of numbers, with the tokenizer that was made of them. @param options those of the tokenizer */
export function textToSequences(
  texts: readonly Text[],
  options: TokenizerOptions = {},
): { readonly sequences: number[][]; readonly tokenizer: Tokenizer } {
  const tokenizer = new Tokenizer(options);
  tokenizer.fitOnTexts(texts);
  return { sequences: tokenizer.textsToSequences(texts), tokenizer };
}
