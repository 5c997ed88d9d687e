# Finds what the tests need, and installs what is missing by the system's package manager when that
# is allowed. Sourced by scripts/test. Sets `postgres_bin` and `chromium`.

postgres_bin=
chromium=
root=()
policy=

# find_or_install BROWSER: BROWSER is yes or no.
find_or_install() {
  local browser=$1
  look_around "$browser"
  [ ${#packages[@]} -eq 0 ] || install_packages
  look_around "$browser"
  [ ${#missing[@]} -eq 0 ] && return 0
  {
    echo "scripts/test: these are missing:"
    printf '  %s\n' "${missing[@]}"
    [ ${#packages[@]} -eq 0 ] ||
      echo "On Debian or Ubuntu: sudo apt-get install ${packages[*]}"
    [ "$browser" = no ] || echo "Without the browser tests, less is needed: scripts/test --quick"
  } >&2
  exit 2
}

# Fills `missing` (words for a person) and `packages` (what apt calls them).
look_around() {
  missing=()
  packages=()
  command -v cargo >/dev/null || missing+=("cargo: install Rust from https://rustup.rs")
  cargo clippy --version >/dev/null 2>&1 || missing+=("clippy: rustup component add clippy")
  cargo fmt --version >/dev/null 2>&1 || missing+=("rustfmt: rustup component add rustfmt")
  command -v cc >/dev/null || needs "a C compiler" build-essential
  command -v redis-server >/dev/null || needs "redis-server" redis-server
  postgres_bin=$(find_postgres) || needs "the PostgreSQL server (initdb, pg_ctl)" postgresql
  [ "$1" = yes ] || return 0
  command -v node >/dev/null || needs "node" nodejs
  command -v npm >/dev/null || needs "npm" npm
  python3 -c 'import ensurepip' 2>/dev/null || needs "python3 with venv" python3-venv
  chromium=$(find_chromium) || {
    needs "a working Chromium (or name one in SPORTELLO_TEST_CHROMIUM)" chromium
    packages+=(fonts-dejavu-core)
  }
}

needs() {
  missing+=("$1")
  packages+=("$2")
}

# The newest server programs; `pg_config` may come from the client's headers alone.
find_postgres() {
  local folder folders
  mapfile -t folders < <(
    pg_config --bindir 2>/dev/null
    printf '%s\n' /usr/lib/postgresql/*/bin | sort --version-sort --reverse
    dirname "$(command -v initdb || echo /none/initdb)"
  )
  for folder in "${folders[@]}"; do
    [ -x "$folder/initdb" ] && [ -x "$folder/pg_ctl" ] && echo "$folder" && return 0
  done
  return 1
}

# The first that starts: on Ubuntu `chromium-browser` may be an empty shell around a snap.
find_chromium() {
  local name
  for name in "${SPORTELLO_TEST_CHROMIUM:-}" chromium chromium-browser google-chrome; do
    [ -n "$name" ] || continue
    timeout 30 "$name" --version >/dev/null 2>&1 && command -v "$name" && return 0
  done
  return 1
}

install_packages() {
  may_install || return 0
  echo "==> installing ${packages[*]}"
  keep_services_down
  "${root[@]}" timeout 10m apt-get update -qq || true
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive timeout 30m \
    apt-get install -y -qq --no-install-recommends "${packages[@]}" || true
  let_services_start
}

# Whether packages can be and may be installed; as root, or without a question by sudo.
may_install() {
  command -v apt-get >/dev/null || return 1
  [ "${SPORTELLO_TEST_INSTALL:-yes}" = yes ] || return 1
  [ "$(id -u)" -eq 0 ] || { sudo -n true 2>/dev/null && root=(sudo -n); }
}

# The queue must hold on Valkey too. Where it cannot be had, its tests are left out, and that is said.
find_or_install_valkey() {
  command -v valkey-server >/dev/null || ! may_install || install_valkey
  command -v valkey-server >/dev/null ||
    not_checked "Valkey: there is no valkey-server here (Debian 12: it is in bookworm-backports), so the tests of the queue on it are left out"
}

# From the distribution, or else from Debian's backports, which are asked this once: the system's
# list of sources stays as it is.
install_valkey() {
  local name codename options=() suite=()
  echo "==> installing valkey-server"
  keep_services_down
  "${root[@]}" timeout 10m apt-get update -qq || true
  if ! LC_ALL=C apt-cache policy valkey-server | grep -q 'Candidate: [0-9]'; then
    name=$(. /etc/os-release && echo "$ID")
    codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
    if [ "$name" != debian ] || [ -z "$codename" ]; then
      let_services_start
      return 0
    fi
    cat /etc/apt/sources.list >"$scratch/sources.list" 2>/dev/null || true
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]" \
      "http://deb.debian.org/debian $codename-backports main" >>"$scratch/sources.list"
    chmod 755 "$scratch"
    options=(-o "Dir::Etc::sourcelist=$scratch/sources.list")
    suite=(-t "$codename-backports")
    "${root[@]}" timeout 10m apt-get "${options[@]}" update -qq || true
  fi
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive timeout 10m \
    apt-get "${options[@]}" "${suite[@]}" install -y -qq --no-install-recommends valkey-server || true
  let_services_start
}

# A package must not start a Redis or PostgreSQL of the system's own just because we need its
# programs; Debian asks /usr/sbin/policy-rc.d. One that exists already is left alone.
keep_services_down() {
  [ ! -e /usr/sbin/policy-rc.d ] || return 0
  printf '#!/bin/sh\nexit 101\n' >"$scratch/policy-rc.d"
  ! "${root[@]}" install -m 755 "$scratch/policy-rc.d" /usr/sbin/policy-rc.d ||
    policy=/usr/sbin/policy-rc.d
}

let_services_start() {
  [ -z "$policy" ] || "${root[@]}" rm -f "$policy"
  policy=
}

# The browser's driver, as the lock file says; no browser is downloaded.
install_playwright() {
  cd tests/e2e || return 1
  [ node_modules/.package-lock.json -nt package-lock.json ] ||
    npm ci --no-audit --no-fund --loglevel=error || return 1
  cd - >/dev/null
}
