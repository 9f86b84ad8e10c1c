#!/bin/sh
# Turns the named development packages into production ones, at the versions of the lock file, and removes all others.
# Fastify is a peer dependency: the application provides it, and here the image is the application.
set -eu

for name in "$@"; do
  range=$(node -p 'require("./package.json").devDependencies?.[process.argv[1]] ?? ""' "$name")
  if [ -z "$range" ]; then
    echo "$name is not a development package of package.json" >&2
    exit 1
  fi
  npm pkg set "dependencies.$name=$range"
done
npm pkg delete devDependencies
npm install --omit=dev --ignore-scripts --no-audit --no-fund
