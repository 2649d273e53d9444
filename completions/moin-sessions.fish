# Completion of moin-sessions for fish. No part of a line or of an answer is evaluated.
function __moin_sessions_complete
    set -l program moin-sessions
    set -l kind ''
    set -l skip 0
    set -l found
    # A program that was typed with its path, if the path is plain.
    set -l typed (commandline -opc)[1]
    string match -qr '^[A-Za-z0-9_./-]*/[A-Za-z0-9_./-]+$' -- $typed; and set program $typed
    for line in (command $program __complete fish (commandline -cp | string collect) 2>/dev/null </dev/null)
        if string match -qr '^:(words|parts|files|folders) [0-9]+$' -- $line
            set kind (string sub -s 2 -- $line | string split ' ')
            set found
        else if string match -q '=*' -- $line
            set -a found (string sub -s 2 -- $line)
        end
    end
    set -q found[1]; and printf '%s\n' $found
    contains -- "$kind[1]" files folders; or return
    # What is before a file's name, as in --config=, stays before each.
    set -l word (commandline -ct)
    set -l before (string sub -l $kind[2] -- $word)
    set -l rest (string sub -s (math $kind[2] + 1) -- $word)
    if test $kind[1] = files
        __fish_complete_path $rest | string replace -r '^' -- (string escape --style=regex -- $before)
    else
        __fish_complete_directories $rest | string replace -r '^' -- (string escape --style=regex -- $before)
    end
end
complete -c moin-sessions -f -a '(__moin_sessions_complete)'
