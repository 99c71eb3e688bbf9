import { type Offered, positions, valuedOptions } from "./completions.ts";
import type { ValueOf } from "./option.ts";
import type { Group } from "./tree.ts";

/** For zsh with its completion system (compinit): as a file of `$fpath`, or read by eval. */
export function zshCompletion(root: Group): string {
  const { name } = root;
  const all = positions(root);
  const places = all.filter(({ place }) => place !== "").map(({ place }) => place);
  return `#compdef ${name}
# zsh completion for ${name}: eval "$(${name} completion zsh)"
_${name}() {
  local before="\${words[CURRENT - 1]}" place="" ended="" index
  local -a offered
  for ((index = 2; index < CURRENT; index++)); do
    [[ \${words[index]} == -- ]] && ended=yes
    case "$place/\${words[index]}" in
      ${places.join("|")}) place="$place/\${words[index]}" ;;
    esac
  done
  if [[ -z $ended ]]; then
    # --format=json is one word here.
    if [[ $PREFIX == --*=* ]]; then
      before="\${PREFIX%%=*}"
      compset -P '*='
    fi
    case "$before" in
${valuedOptions(root)
  .map(({ name: option, value }) => `      --${option}) ${reply(value)}; return ;;`)
  .join("\n")}
    esac
  fi
  case "$place" in
${all
  .map(({ place, words, options, files }) =>
    [
      `    "${place}")`,
      `      if [[ -z $ended && $PREFIX == -* ]]; then`,
      `        offered=(${described(options)})`,
      `        _describe option offered`,
      `        return`,
      `      fi`,
      ...(words.length === 0 ? [] : [`      offered=(${described(words)})`, `      _describe word offered`]),
      ...(files ? [`      _files`] : []),
      `      ;;`,
    ].join("\n"),
  )
  .join("\n")}
  esac
}
if [[ \${funcstack[1]} == _${name} ]]; then
  _${name} "$@"
else
  compdef _${name} ${name}
fi
`;
}

function reply({ choices, place }: ValueOf): string {
  if (choices !== undefined) return `offered=(${choices.join(" ")}); _describe value offered`;
  return place === undefined ? `_message ${inQuotes("a value")}` : place === "folder" ? "_files -/" : "_files";
}

/** As `_describe` takes them: `word:what it is`. */
function described(offered: readonly Offered[]): string {
  return offered.map(({ word, about }) => inQuotes(`${word.replaceAll(":", "\\:")}:${about}`)).join(" ");
}

function inQuotes(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
