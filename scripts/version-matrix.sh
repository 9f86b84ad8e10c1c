#!/usr/bin/env bash
# Runs the tests that depend on the behaviour of V8 and Node under newer Node versions from the npm registry:
#   scripts/version-matrix.sh [VERSION...]                    22 24 26 unless given
#   FOLDERS='measure requests' scripts/version-matrix.sh 26   some folders of test/ only
# Ends each version with "N passed, N failed", counted in test files.
set -uo pipefail
cd "$(dirname "$0")/.."
versions=("$@")
[ $# -gt 0 ] || versions=(22 24 26)
read -ra folders <<<"${FOLDERS:-measure profile requests plugins routes heap snapshot/redaction}"
build=.build-matrix
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# One process per file. Shows the TAP output of failed files only.
run_file() {
  local binary=$1 file=$2 log
  log=$(mktemp "$work/log.XXXXXX")
  if TAP_TIMEOUT=230 timeout 240 "$binary" --enable-source-maps "$file" >"$log" 2>&1; then
    echo "ok $file"
  else
    echo "not ok $file (exit status $?)"
    grep -vE '^ *(ok|# Subtest|1\.\.)' "$log" | head -80
  fi
}
export -f run_file
export work

rm -rf "$build"
# Type errors are the build's concern; here they would hide the results of the other tests.
npx tsc -p . --outDir "$build" || echo 'built in spite of the errors above'
files=()
for folder in "${folders[@]}"; do
  while IFS= read -r file; do files+=("$file"); done < <(find "$build/test/$folder" -name '*.test.js' 2>/dev/null | sort)
done
[ ${#files[@]} -gt 0 ] || { echo "no tests in: ${folders[*]}"; exit 1; }

package=$(node -p '`node-${process.platform}-${process.arch}`')
status=0
for version in "${versions[@]}"; do
  archive=$(npm pack --silent --pack-destination "$work" "$package@$version" | tail -1) &&
    mkdir -p "$work/$version" &&
    tar -xzf "$work/$archive" -C "$work/$version" package/bin/node || { echo "no Node $version"; status=1; continue; }
  binary=$work/$version/package/bin/node
  echo "==> Node $("$binary" --version)"
  # One version at a time: a test file has one folder for its fixtures.
  results=$(printf '%s\0' "${files[@]}" | xargs -0 -P "$(nproc)" -I{} bash -c 'run_file "$@"' _ "$binary" {})
  grep -v '^ok ' <<<"$results"
  failed=$(grep -c '^not ok \.build' <<<"$results")
  echo "<== Node $version: $((${#files[@]} - failed)) passed, $failed failed (${SECONDS} s)"
  [ "$failed" -eq 0 ] || status=1
done
exit $status
