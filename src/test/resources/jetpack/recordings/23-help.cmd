$ jetpack --help
