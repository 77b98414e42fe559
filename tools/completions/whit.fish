# fish completion for whit: the words come from the program's own tables.
complete -c whit -n __fish_use_subcommand -f -a '(whit help words)'
complete -c whit -n 'not __fish_use_subcommand' \
    -a '(whit help words (commandline -opc)[2])'
