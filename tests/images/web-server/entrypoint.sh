#!/bin/sh
# Becomes what it is told to run, so that it is process 1 and hears signals.
exec "$@"
