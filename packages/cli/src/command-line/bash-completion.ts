import { type Offered, positions, valuedOptions } from "./completions.ts";
import type { ValueOf } from "./option.ts";
import type { Group } from "./tree.ts";

/** For bash from 3.2 on, without the package bash-completion. Words of ours hold no space: see the test. */
export function bashCompletion(root: Group): string {
  const { name } = root;
  const all = positions(root);
  const places = all.filter(({ place }) => place !== "").map(({ place }) => place);
  return `# bash completion for ${name}: eval "$(${name} completion bash)"
_${name}() {
  local current="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD - 1]}" place="" ended="" index
  # bash takes --format=json for three words.
  if [[ $current == "=" ]]; then
    current=""
  elif [[ $before == "=" ]]; then
    before="\${COMP_WORDS[COMP_CWORD - 2]}"
  fi
  for ((index = 1; index < COMP_CWORD; index++)); do
    [[ \${COMP_WORDS[index]} == -- ]] && ended=yes
    case "$place/\${COMP_WORDS[index]}" in
${choice(places)}) place="$place/\${COMP_WORDS[index]}" ;;
    esac
  done
  COMPREPLY=()
  if [[ -z $ended ]]; then
    case "$before" in
${valuedOptions(root)
  .map(({ name: option, value }) => `      --${option}) ${reply(value)}; return ;;`)
  .join("\n")}
    esac
  fi
  case "$place" in
${all
  .map(
    ({ place, words, options, files }) =>
      `    "${place}") _${name}_offer "${listed(words)}" "${listed(options)}" "${files ? "-f" : ""}" ;;`,
  )
  .join("\n")}
  esac
}
# Options where a hyphen asks for them, else words and files.
_${name}_offer() {
  if [[ -z $ended && $current == -* ]]; then
    COMPREPLY=($(compgen -W "$2" -- "$current"))
    return
  fi
  COMPREPLY=($(compgen -W "$1" -- "$current"))
  [[ -n $3 ]] && _${name}_files "$3"
}
# Of names that hold a space, too.
_${name}_files() {
  local IFS=$'\\n'
  compopt -o filenames 2>/dev/null
  COMPREPLY+=($(compgen "$1" -- "$current"))
}
complete -F _${name} ${name}
`;

  function reply({ choices, place }: ValueOf): string {
    if (choices !== undefined) return `COMPREPLY=($(compgen -W "${choices.join(" ")}" -- "$current"))`;
    return place === undefined ? ":" : `_${name}_files ${place === "folder" ? "-d" : "-f"}`;
  }
}

function choice(places: readonly string[]): string {
  return places.map((place, index) => `      ${place}${index === places.length - 1 ? "" : " | \\"}`).join("\n");
}

function listed(offered: readonly Offered[]): string {
  return offered.map(({ word }) => word).join(" ");
}
