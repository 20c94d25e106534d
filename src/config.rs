//! Every setting, once: what the command line, the environment and the defaults say.
