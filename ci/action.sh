#!/usr/bin/env bash
# The step of action.yml: options from the environment, the outputs that GitHub reads, the gate's own exit code.
set -uo pipefail

smlint="${RUNNER_TEMP:-/nowhere}/smlint/bin/smlint"
[ -x "$smlint" ] || smlint=smlint

words=(check)
option() { if [ -n "$2" ]; then words+=("$1=$2"); fi; }
option --since "${SINCE:-}"
option --fail-on "${FAIL_ON:-}"
option --min-level "${MIN_LEVEL:-}"
option --min-score "${MIN_SCORE:-}"
option --config "${CONFIG:-}"
option --lang "${LANGUAGE_OF_FINDINGS:-}"
option --output "${SARIF:+sarif=$SARIF}"
if [ "${ANNOTATIONS:-true}" = true ]; then words+=(--format=github); fi
if [ "${SUMMARY:-true}" = true ] && [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then
  words+=("--output=markdown=$RUNNER_TEMP/smlint-summary.md")
fi
words+=(--)
while IFS= read -r path; do
  if [ -n "$path" ]; then words+=("$path"); fi
done <<< "${PATHS:-.}"

"$smlint" "${words[@]}"
code=$?

if [ -n "${GITHUB_STEP_SUMMARY:-}" ] && [ -f "${RUNNER_TEMP:-}/smlint-summary.md" ]; then
  cat "$RUNNER_TEMP/smlint-summary.md" >> "$GITHUB_STEP_SUMMARY"
fi
if [ -n "${GITHUB_OUTPUT:-}" ]; then
  case $code in 0) gate=pass ;; 1) gate=fail ;; *) gate=error ;; esac
  echo "gate=$gate" >> "$GITHUB_OUTPUT"
  if [ -n "${SARIF:-}" ] && [ -f "$SARIF" ]; then printf 'sarif=%s\n' "${SARIF//$'\n'/}" >> "$GITHUB_OUTPUT"; fi
fi
exit "$code"
