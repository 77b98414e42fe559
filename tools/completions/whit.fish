# fish completion for whit: the words come from the program's own tables.
complete -c whit -n __fish_use_subcommand -f -a '(whit help words)'
# `component` has commands of its own, each with its options.
complete -c whit -n '__fish_seen_subcommand_from component' \
    -a '(whit help words (commandline -opc)[2..3])'
complete -c whit -n '__fish_seen_subcommand_from bind' -a 'c rust'
complete -c whit -n '__fish_seen_subcommand_from compose' -a 'plug parse'
complete -c whit -n 'not __fish_use_subcommand
    and not __fish_seen_subcommand_from component' \
    -a '(whit help words (commandline -opc)[2])'
