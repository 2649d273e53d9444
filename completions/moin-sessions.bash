# Completion of moin-sessions for bash. No part of a line or of an answer is evaluated.
_moin_sessions() {
  local program=moin-sessions line kind=
  COMPREPLY=()
  # A program that was typed with its path, if the path is plain.
  [[ ${COMP_WORDS[0]} =~ ^[A-Za-z0-9_./-]*/[A-Za-z0-9_./-]+$ ]] && program=${COMP_WORDS[0]}
  while IFS= read -r line; do
    case $line in
      :words\ * | :parts\ * | :files\ * | :folders\ *) kind=${line#:} kind=${kind%% *} COMPREPLY=() ;;
      =*) COMPREPLY+=("${line#=}") ;;
    esac
  done < <(command "$program" __complete bash "${COMP_LINE:0:COMP_POINT}" "$2" 2>/dev/null </dev/null)
  case $kind in
    parts) compopt -o nospace ;;
    files) compopt -o default ;;
    folders) compopt -o dirnames ;;
  esac 2>/dev/null
}
complete -F _moin_sessions moin-sessions
