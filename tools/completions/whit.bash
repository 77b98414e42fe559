# bash completion for whit: the words come from the program's own tables.
_whit() {
    local current=${COMP_WORDS[COMP_CWORD]} verb=${COMP_WORDS[1]} words=
    local inner=
    # `component` has commands of its own, each with its options.
    [ "$verb" = component ] && [ "$COMP_CWORD" -gt 2 ] &&
        inner=${COMP_WORDS[2]}
    if [ "$COMP_CWORD" -eq 1 ]; then
        words=$(whit help words)
    elif [[ $current == -* ]]; then
        words=$(whit help words "$verb" $inner | grep '^-')
    elif [ "$COMP_CWORD" -eq 2 ]; then
        case $verb in
        component) words=$(whit help words component | grep -v '^-') ;;
        help) words=$(whit help words) ;;
        bind) words='c rust' ;;
        esac
    fi
    if [ -n "$words" ]; then
        COMPREPLY=($(compgen -W "$words" -- "$current"))
    elif [[ $current == -* ]]; then
        COMPREPLY=()
    else
        COMPREPLY=($(compgen -f -- "$current"))
    fi
    # A FILE.wac may stand where the verbs of `compose` do.
    [ "$COMP_CWORD" -eq 2 ] && [ "$verb" = compose ] &&
        [[ $current != -* ]] &&
        COMPREPLY+=($(compgen -W 'plug parse' -- "$current"))
    return 0
}
complete -o filenames -F _whit whit
