#!/bin/sh
# Stands for a program that waits for requests.
exec tail -f /dev/null
