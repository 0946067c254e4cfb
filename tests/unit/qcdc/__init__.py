"""The command line of the operators, as far as it goes without servers."""
