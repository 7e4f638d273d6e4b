#!/usr/bin/env bash
# Millrace from one command. Needs bash and Python 3.11 or newer; makes everything else itself.
#
#   ./run.sh                      the whole stack: Postgres, Valkey, API, workers, scheduler (Ctrl-C stops it)
#   ./run.sh test [pytest args]   the test suite, on servers, ports and a data folder of its own
#   ./run.sh demo                 the main job on a small website, told step by step
#   ./run.sh lint                 ruff, mypy, import contracts, house rules
#   ./run.sh bench [name ...]     measurements
#   ./run.sh doctor               what is wrong, and what to do about it
#   ./run.sh admin create-key --email you@example.com   a secret key; also set-plan, make-operator, revoke-key, unlock
#   ./run.sh api | scheduler | migrate | worker [--lanes web,ai] [--threads 16] [--processes 2]
#                                 one part, against DATABASE_URL and REDIS_URL (or a stack running here)
#
# PORT (8000), HOST (127.0.0.1), DATABASE_URL, REDIS_URL, MILLRACE_DATA (./data), MILLRACE_<SECTION>__<KEY>: see
# config.yaml. PYTHON names the interpreter to use, TORCH_INDEX the wheel index that torch is taken from (say, its CPU builds). pip's own settings (index, certificates) are respected.
set -euo pipefail

say() { printf '%s\n' "$*" >&2; }
fail() { say "run.sh: $*"; exit 2; }

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
if [[ -n "${MILLRACE_DATA:-}" && "$MILLRACE_DATA" != /* ]]; then
  export MILLRACE_DATA="$PWD/$MILLRACE_DATA"  # relative to the caller, not to this folder
fi
cd -- "$root"
venv="$root/.venv"
python="$venv/bin/python"

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

pick_python() {
  if [[ -n "${PYTHON:-}" ]]; then
    is_new_enough "$PYTHON" || fail "PYTHON=$PYTHON is missing, or older than 3.11"
    printf '%s' "$PYTHON"
    return
  fi
  local name
  for name in python3.13 python3.12 python3.11 python3.14 python3; do
    if is_new_enough "$name"; then
      printf '%s' "$name"
      return
    fi
  done
  fail "Python 3.11 or newer is needed and none was found (python3 is $(python3 --version 2>&1 || true)); install one, or name it: PYTHON=/path/to/python3.12 ./run.sh"
}

make_venv() {
  local base
  base=$(pick_python)
  say "making .venv with $("$base" --version)"
  rm -rf "$venv"
  "$base" -m venv "$venv" || {
    rm -rf "$venv"
    fail "$base cannot make a virtual environment; on Debian and Ubuntu: apt install $("$base" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
  }
}

# uv knows nothing of pip's settings, so it is used only where there are none to respect.
pip_is_configured() {
  compgen -e | grep -Eq '^PIP_(INDEX_URL|EXTRA_INDEX_URL|FIND_LINKS|NO_INDEX|CONFIG_FILE|CERT|PROXY)$' ||
    [[ -e /etc/pip.conf || -e "${HOME:-/nowhere}/.pip/pip.conf" || -e "${XDG_CONFIG_HOME:-${HOME:-/nowhere}/.config}/pip/pip.conf" ]]
}

# torch comes first and alone, so that nothing else pulls its CUDA build; TORCH_INDEX names the wheel index to take it from.
install_torch() {
  local wanted
  wanted=$(grep '^torch==' requirements.txt)
  "$python" -c 'import sys; from importlib.metadata import version; sys.exit(version("torch").split("+")[0] != sys.argv[1])' "${wanted#*==}" 2>/dev/null ||
    "$python" -m pip install --quiet --disable-pip-version-check ${TORCH_INDEX:+--index-url "$TORCH_INDEX"} "$wanted"
}

install() { # file...
  if command -v uv >/dev/null && ! pip_is_configured; then
    uv pip install --quiet --python "$python" "${@/#/--requirement=}"
  else
    "$python" -m pip install --quiet --disable-pip-version-check "${@/#/--requirement=}"
  fi
}

# One set-up at a time: two first starts side by side would build the same .venv.
take_turn() {
  local holder
  until mkdir "$root/.venv.lock" 2>/dev/null; do
    holder=$(cat "$root/.venv.lock/pid" 2>/dev/null || true)
    if [[ -n "$holder" ]] && ! kill -0 "$holder" 2>/dev/null; then
      rm -rf "$root/.venv.lock"
    else
      sleep 0.2
    fi
  done
  trap 'rm -rf "$root/.venv.lock"' EXIT
  echo $$ >"$root/.venv.lock/pid"
}

# Install the requirement files given, unless exactly these are installed already.
prepare() {
  local stamp="$venv/.installed-$#" wanted
  wanted=$(cksum "$@" requirements-faster.txt)
  if [[ -x "$python" && "$(cat "$stamp" 2>/dev/null)" == "$wanted" ]] && is_new_enough "$python"; then
    return
  fi
  take_turn
  if ! is_new_enough "$python" || ! "$python" -c 'import pip' 2>/dev/null; then  # none, outdated, or torn
    make_venv
  fi
  if [[ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]]; then
    say "installing $* (once; later starts skip this)"
    { install_torch && install "$@"; } || fail "the packages could not be installed; see pip's message above (is the package index reachable?)"
    install requirements-faster.txt 2>/dev/null ||
      say "requirements-faster.txt could not be built (is there a C compiler?); the API works, at more CPU a request"
    printf '%s' "$wanted" >"$stamp"
  fi
  rm -rf "$root/.venv.lock"
  trap - EXIT
}

command=${1:-up}
[[ $# -gt 0 ]] && shift

case "$command" in
  up | demo | doctor | admin | api | worker | scheduler | migrate)
    prepare requirements.txt
    ;;
  test | lint | bench)
    prepare requirements.txt requirements-dev.txt
    ;;
  -h | --help | help)
    sed -n '2,/^set -/{/^#/s/^# \{0,1\}//p;}' "$root/run.sh"
    exit 0
    ;;
  *)
    fail "there is no command '$command'; ./run.sh --help lists them"
    ;;
esac

case "$command" in
  up) exec "$python" -m workers.up "$@" ;;
  demo) exec "$python" -m workers.demo "$@" ;;
  doctor) exec "$python" -m workers.doctor "$@" ;;
  admin) exec "$python" -m workers.admin "$@" ;;
  api | worker | scheduler | migrate) exec "$python" -m workers.part "$command" "$@" ;;
  test) exec "$python" -m pytest -n 3 --dist loadfile "$@" ;;
  bench) exec "$python" -m tests.bench "$@" ;;
  lint)
    code=0  # every check speaks, and one that fails fails the whole
    "$python" -m ruff check . || code=1
    "$python" -m ruff format --check . || code=1
    "$python" -m mypy || code=1
    "$python" -c 'import sys; from importlinter.cli import lint_imports_command as lint; sys.exit(lint())' || code=1
    "$python" -m pytest -q -p no:cacheprovider tests/test_house_rules.py || code=1
    exit "$code"
    ;;
esac
