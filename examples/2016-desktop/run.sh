#!/bin/sh
# The whole story from the repository root: check, plan, rent, compare.
set -eu
rigwright=$(command -v .venv/bin/rigwright || command -v rigwright)
story=examples/2016-desktop
"$rigwright" check $story/build.toml
"$rigwright" plan $story/goal.toml
"$rigwright" rent $story/goal.toml --build $story/build.toml
"$rigwright" compare "GTX 960 4 GB" "GTX 970" "GTX 980" --precision fp32 --batch-size 16 --as-of 2016-10-29
"$rigwright" compare "GTX 1070" "GTX 1080" --precision fp32 --batch-size 16 --as-of 2016-10-29
