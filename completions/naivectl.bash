# bash completion for naivectl; for zsh after `autoload -U bashcompinit && bashcompinit`.

# Processes as users type them, or nothing when no supervisor runs: "gateway", "BTCUSDT", "BTCUSDT/0".
_naivectl_names() {
  naivectl "$@" --timeout 1 --json children 2>/dev/null |
    grep -o '"name": "[^"]*"' | sed -E 's/^"name": "(leader |trader )?//; s/"$//'
}

_naivectl() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
  local verbs="status tree why children count restart upgrade terminate clear kill start stop shutdown stream orders cycles states pnl events"
  local options="--help --run-dir --state-dir --json --timeout"
  local verb="" word="" where=()
  local i
  for ((i = 1; i < COMP_CWORD; ++i)); do
    word=${COMP_WORDS[i]}
    case $word in
      --run-dir) where=(--run-dir "${COMP_WORDS[i + 1]}") ;&
      --state-dir | --timeout | --signal | --limit | --state) ((++i)) ;;
      -*) ;;
      *) [[ -n $verb ]] || verb=$word ;;
    esac
  done
  case $prev in
    --run-dir | --state-dir) mapfile -t COMPREPLY < <(compgen -d -- "$cur") && return ;;
    --signal) mapfile -t COMPREPLY < <(compgen -W "KILL TERM STOP CONT INT HUP ABRT SEGV" -- "$cur") && return ;;
    --timeout | --limit | --state) return ;;
  esac
  case $verb in
    clear) options+=" --fresh --state" ;;
    restart) options+=" --rolling" ;;
    kill) options+=" --signal" ;;
    orders | cycles) options+=" --limit" ;;
    events) options+=" --follow" ;;
  esac
  local words=""
  if [[ $cur == -* ]]; then
    words=$options
  else
    case $verb in
      "") words=$verbs ;;
      why | restart | terminate | clear | kill) words=$(_naivectl_names "${where[@]}") ;;
      start | stop | shutdown | orders | cycles) words=$(_naivectl_names "${where[@]}" | grep -v '[a-z/]') ;;
      upgrade) mapfile -t COMPREPLY < <(compgen -d -- "$cur") && return ;;
      states) words=$(_naivectl_names "${where[@]}" | grep '/[0-9]') ;;
      stream) [[ $prev == stream ]] && words="start stop" || words=$(_naivectl_names "${where[@]}" | grep -v '[a-z/]') ;;
    esac
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}

complete -F _naivectl naivectl
