$ jetpack --version
