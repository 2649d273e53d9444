#compdef moin-sessions
# Completion of moin-sessions for zsh. No part of a line or of an answer is evaluated.
_moin-sessions() {
  local program=moin-sessions line kind= skip=0 tab=$'\t'
  local -a values texts
  # A program that was typed with its path, if the path is plain.
  [[ ${words[1]} =~ '^[A-Za-z0-9_./-]*/[A-Za-z0-9_./-]+$' ]] && program=${words[1]}
  while IFS= read -r line; do
    case $line in
      (:(words|parts|files|folders)\ <->)
        kind=${${line#:}% *} skip=${line##* } values=() texts=() ;;
      ('='*)
        line=${line#'='} values+=("${line%%$tab*}") texts+=("${line#*$tab}") ;;
    esac
  done < <(command "$program" __complete zsh "${(@)words[1,CURRENT-1]}" "$QIPREFIX$IPREFIX$PREFIX" 2>/dev/null </dev/null)
  case $kind in
    (words) compadd -d texts -a values ;;
    (parts) compadd -S '' -d texts -a values ;;
    (files) compset -P "${(l:skip::?:)}"; _files ;;
    (folders) compset -P "${(l:skip::?:)}"; _files -/ ;;
    (*) return 1 ;;
  esac
}
if [[ $funcstack[1] == _moin-sessions ]]; then _moin-sessions "$@"; else compdef _moin-sessions moin-sessions; fi
