import type { DescribedCommand, DescribedOption } from "./described.ts";

/** The shells that there are scripts for. */
export const shells = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof shells)[number];

/** A script that completes commands, options, their choices, and names of files everywhere else. */
export const scriptFor: Readonly<Record<Shell, (commands: readonly DescribedCommand[]) => string>> = {
  bash: (commands) => {
    const flags = ({ short, long }: DescribedOption) => (short === undefined ? [long] : [short, long]);
    const cases = commands.flatMap(({ name, options, choices }) => [
      ...options
        .filter(({ value }) => value !== undefined)
        .map((option) => {
          const places = flags(option).map((flag) => `"${name} ${flag}"`);
          return `    ${places.join(" | ")}) words="${option.value!.choices.join(" ")}" ;;`;
        }),
      `    "${name} "*) if [[ $cur == -* ]]; then words="${options.flatMap(flags).join(" ")}"; else words="${choices.join(" ")}"; fi ;;`,
    ]);
    return [
      "_lamella() {",
      '  local cur="${COMP_WORDS[COMP_CWORD]}" words=""',
      '  case "${COMP_WORDS[1]} ${COMP_WORDS[COMP_CWORD-1]}" in',
      `    *" lamella") words="${commands.map(({ name }) => name).join(" ")}" ;;`,
      ...cases,
      "  esac",
      '  COMPREPLY=($(compgen -W "$words" -- "$cur"))',
      "}",
      "# Names of files where nothing else fits.",
      "complete -o default -F _lamella lamella",
    ].join("\n");
  },
  zsh: (commands) => {
    const quoted = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`;
    const plain = (text: string) => text.replaceAll(/[[\]:]/g, String.raw`\$&`);
    const option = ({ short, long, description, value }: DescribedOption) => {
      const choices = value === undefined || value.choices.length === 0 ? "_files" : `(${value.choices.join(" ")})`;
      const after = value === undefined ? "" : `:${plain(value.name)}:${choices}`;
      const text = quoted(`[${plain(description)}]${after}`);
      return short === undefined ? `${long}${text}` : `'(${short} ${long})'{${short},${long}}${text}`;
    };
    const cases = commands.map(({ name, options, choices }) => {
      const rest = choices.length === 0 ? "'*:file:_files'" : `'*: :(${choices.join(" ")})'`;
      return [`    ${name})`, `      _arguments ${[...options.map(option), rest].join(" \\\n        ")} ;;`].join("\n");
    });
    return [
      "#compdef lamella",
      "_lamella() {",
      "  local -a commands=(",
      ...commands.map(({ name, description }) => `    ${quoted(`${name}:${plain(description)}`)}`),
      "  )",
      "  if (( CURRENT == 2 )); then",
      "    _describe command commands",
      "    return",
      "  fi",
      "  shift words",
      "  (( CURRENT-- ))",
      "  case $words[1] in",
      ...cases,
      "  esac",
      "}",
      "compdef _lamella lamella",
    ].join("\n");
  },
  fish: (commands) => {
    const quoted = (text: string) => `'${text.replaceAll("\\", "\\\\").replaceAll("'", String.raw`\'`)}'`;
    return commands
      .flatMap(({ name, description, options, choices }) => {
        const within = `complete -c lamella -n ${quoted(`__fish_seen_subcommand_from ${name}`)}`;
        return [
          `complete -c lamella -n __fish_use_subcommand -f -a ${name} -d ${quoted(description)}`,
          ...(choices.length === 0 ? [] : [`${within} -f -a ${quoted(choices.join(" "))}`]),
          ...options.map((option) => {
            const { short, long, value } = option;
            const flags = `${short === undefined ? "" : `-s ${short.slice(1)} `}-l ${long.slice(2)}`;
            const needs =
              value === undefined
                ? ""
                : value.choices.length === 0
                  ? " -r -F"
                  : ` -x -a ${quoted(value.choices.join(" "))}`;
            return `${within} ${flags}${needs} -d ${quoted(option.description)}`;
          }),
        ];
      })
      .join("\n");
  },
};
