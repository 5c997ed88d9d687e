# Steps with a name, a time limit and a duration. Sourced by scripts/test.
# All steps run even after one failed, so that one run shows everything that is wrong.

failed=()
unchecked=()
step_pid=

# step NAME LIMIT COMMAND…: runs a program or an exported function; LIMIT as `timeout` reads it.
# In the background, because bash handles a signal during `wait`, and not during a command.
step() {
  local name=$1 limit=$2 began=$SECONDS code=0
  shift 2
  printf '\n==> %s\n' "$name"
  timeout --kill-after=15 "$limit" bash -c 'set -uo pipefail; "$@"' step "$@" </dev/null &
  step_pid=$!
  wait "$step_pid" || code=$?
  step_pid=
  case $code in
    0) printf '<== %s: ok, %s s\n' "$name" $((SECONDS - began)) ;;
    124 | 137) printf '<== %s: STOPPED after its limit of %s\n' "$name" "$limit"; failed+=("$name") ;;
    *) printf '<== %s: FAILED (exit %s), %s s\n' "$name" "$code" $((SECONDS - began)); failed+=("$name") ;;
  esac
}

# not_checked REASON: says loudly that something was left out.
not_checked() {
  printf '\n!!! NOT CHECKED: %s\n' "$1"
  unchecked+=("$1")
}

interrupted() {
  trap - INT TERM HUP
  if [ -n "$step_pid" ]; then
    kill -TERM "$step_pid" 2>/dev/null || true
    wait "$step_pid" 2>/dev/null || true
  fi
  exit "$1"
}

# report: the verdict, and the exit code.
report() {
  local line
  echo
  for line in "${unchecked[@]}"; do echo "not checked: $line"; done
  if [ ${#failed[@]} -eq 0 ]; then
    echo "scripts/test: all green, $SECONDS s"
    return 0
  fi
  for line in "${failed[@]}"; do echo "red: $line"; done
  exit 1
}
