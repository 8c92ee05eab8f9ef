# Sourced by ./run and ./test: makes sure that this machine has what the project needs, and says what it does.
#
#   packages NAME…     these Debian packages are there, or everything stops
#   welcome NAME…      the same, but where nobody may install them it goes on without (not under CI)
#   environment LOCK…  .venv holds exactly what these lock files name
#   node_libraries DIR the folder's package-lock.json is installed, where Node.js is to be had; only the tests want it
#
# Nothing is done twice: .venv/.made-from says what it was made from. It is taken away before a change and written after it, so
# a set-up that was interrupted is seen at the next start and begun again; what was downloaded is kept by pip.

here="$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd -P)"
venv="$here/.venv"

if [ -t 2 ]; then dim=$'\033[2m'; plain=$'\033[0m'; else dim=""; plain=""; fi
say() { printf '%s· %s%s\n' "$dim" "$*" "$plain" >&2; }
stop() { printf '%s\n' "$*" >&2; exit 3; }

# missing NAME… : those of these packages that are not installed
missing() {
  [ "$#" = 0 ] && return 0
  local there name
  there=" $(dpkg-query -W -f='${Package}=${db:Status-Status} ' "$@" 2>/dev/null || true)"
  for name in "$@"; do
    case "$there" in *" $name=installed "*) ;; *) printf ' %s' "$name";; esac
  done
}

may_install() { [ "$(id -u)" = 0 ] || command -v sudo >/dev/null 2>&1; }

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

packages() {
  command -v dpkg-query >/dev/null 2>&1 || return 0     # not Debian: `installation doctor` says what it misses
  local lacking log
  lacking="$(missing "$@")"
  [ -z "$lacking" ] && return 0
  may_install || stop "This machine lacks:$lacking
Only root can install that, once. As root:
    apt-get update && apt-get install -y --no-install-recommends$lacking
Then start this again."
  say "Debian packages:$lacking (once; it may ask for your password)"
  log="$(mktemp)"
  as_root apt-get -qq update >"$log" 2>&1 || say "the list of packages could not be brought up to date; going on with the one that is there"
  # shellcheck disable=SC2086
  if ! as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=900 -o Dpkg::Use-Pty=0 \
      install -y --no-install-recommends $lacking >>"$log" 2>&1; then
    tail -n 5 "$log" >&2; rm -f "$log"
    stop "These packages could not be installed:$lacking. Is the machine online?"
  fi
  rm -f "$log"
}

welcome() {
  command -v dpkg-query >/dev/null 2>&1 || return 0
  local lacking
  lacking="$(missing "$@")"
  [ -z "$lacking" ] && return 0
  if may_install || [ "${CI:-}" = true ]; then
    packages "$@"
  else
    say "not installed:$lacking; the tests that need them are skipped"
  fi
}

# python_packages : what Debian's Python still needs before the first set-up can begin
python_packages() {
  [ -e "$venv/.made-from" ] && return 0
  local python
  python="$(find_python)" || { echo python3 python3-venv; return 0; }
  case "$python" in /usr/bin/*) echo python3-venv;; esac
}

# the first Python that the project supports
find_python() {
  local name
  for name in python3 python3.13 python3.12 python3.11 /usr/bin/python3; do
    if command -v "$name" >/dev/null 2>&1 \
       && "$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
      command -v "$name"; return 0
    fi
  done
  return 1
}

# lock_line LOCK : the line of .made-from that says that this lock file is installed
lock_line() { printf '%s %s' "$1" "$(sha256sum <"$here/$1" | cut -c1-32)"; }

# made_with LINE : whether .venv/.made-from has this line
made_with() { printf '%s\n' "$made" | grep -qxF -- "$1"; }

# stands : whether .venv was made by this recipe and its Python is still the one that it was made with
stands() { made="$(cat "$venv/.made-from" 2>/dev/null)" && made_with "recipe 1, $(version "$venv/bin/python")"; }

# whole LOCK… : whether it stands and holds these lock files
whole() {
  local lock
  stands || return 1
  for lock in "$@"; do made_with "$(lock_line "$lock")" || return 1; done
}

version() { "$1" -c 'import sys; print("Python %d.%d" % sys.version_info[:2])' 2>/dev/null; }

environment() {
  local made="" python lock site
  whole "$@" && return 0
  trap 'exit 130' INT
  exec 9<"$here/.ci/setup.sh"                           # two terminals: the second one waits, and finds it done
  flock -n 9 || { say "another set-up is at work; waiting for it"; flock 9; }
  if ! whole "$@"; then
    if ! stands; then
      rm -f "$venv/.made-from"
      # shellcheck disable=SC2046
      packages $(python_packages)
      python="$(find_python)" || stop "Python 3.11, 3.12 or 3.13 is needed; Debian 12 and 13 and Raspberry Pi OS have it as python3."
      say "Python environment in ${venv##*/} (once)"
      rm -rf "$venv"
      "$python" -m venv "$venv" >&2 9<&- || stop "The Python environment could not be made in $venv."
      made="recipe 1, $(version "$venv/bin/python")"
    fi
    rm -f "$venv/.made-from"
    for lock in "$@"; do
      made_with "$(lock_line "$lock")" && continue
      install_lock "$lock"
      made="$(printf '%s\n' "$made" | grep -v "^$lock "; lock_line "$lock")"
    done
    site="$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"
    printf '../../../..\n' >"$site/installation.pth"   # relative, so that the folder can be moved or renamed
    printf '#!/bin/sh\nexec "$(dirname "$(readlink -f "$0")")/python" -P -m installation "$@"\n' >"$venv/bin/installation"
    chmod +x "$venv/bin/installation"
    printf '%s\n' "$made" >"$venv/.made-from.new"
    mv "$venv/.made-from.new" "$venv/.made-from"
  fi
  exec 9<&-
  trap - INT
}

# install_lock LOCK : exactly what it names, each file checked against its hash; on a terminal, which one is at hand
install_lock() {
  local log many count line
  log="$(mktemp)"
  many="$(grep -c '^[A-Za-z0-9]' "$here/$1" || true)"
  count=0
  say "Python packages of $1 (once; some minutes on a Raspberry Pi)"
  if ! "$venv/bin/python" -m pip --disable-pip-version-check install --require-hashes --no-deps --only-binary=:all: \
      -r "$here/$1" 2>&1 9<&- | tee "$log" | while IFS= read -r line; do
        [ -t 2 ] || continue
        case "$line" in
          Collecting*) count=$((count + 1)); line="${line#Collecting }"; printf '\r\033[K  %s of %s: %s' "$count" "$many" "${line%% *}" >&2;;
          Installing*) printf '\r\033[K  unpacking' >&2;;
          Successfully*|ERROR*) printf '\r\033[K' >&2;;
        esac
      done; then
    [ -t 2 ] && printf '\r\033[K' >&2
    grep -E '^ERROR|No space' "$log" | cut -c1-200 | sort -u | tail -n 3 >&2 || true
    rm -f "$log"
    stop "The Python packages could not be installed. Is the machine online, and is there a gigabyte free on the disk?"
  fi
  rm -f "$log"
}

# node_libraries DIR : what the folder's package-lock.json names; scripts of packages are not run
node_libraries() {
  local log
  [ -e "$here/$1/node_modules/.made-from" ] && [ "$(cat "$here/$1/node_modules/.made-from")" = "$(sha256sum <"$here/$1/package-lock.json")" ] && return 0
  command -v npm >/dev/null 2>&1 || welcome nodejs npm
  command -v npm >/dev/null 2>&1 || return 0
  say "Node.js libraries of $1 (once)"
  log="$(mktemp)"
  if (cd "$here/$1" && npm ci --ignore-scripts --no-audit --no-fund >"$log" 2>&1 9<&-); then
    sha256sum <"$here/$1/package-lock.json" >"$here/$1/node_modules/.made-from"
  else
    tail -n 3 "$log" >&2
    [ "${CI:-}" = true ] && stop "The Node.js libraries could not be installed."
    say "not installed; the tests that need them are skipped"
  fi
  rm -f "$log"
}
