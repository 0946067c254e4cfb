"""The operators' command line: ``qcdc --help`` lists every verb."""
