# Our own Redis and PostgreSQL, each on a free port in a temporary folder. Sourced by scripts/test,
# which sets `scratch` (a temporary folder) and `postgres_bin` (where initdb and pg_ctl are).

redis_pid=
redis_port=
postgres_dir=
postgres_port=
as_postgres=()

# A port that nobody listens on, below the range that the system hands out by itself.
free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 12000))
    answers "$port" || { echo "$port"; return; }
  done
}

answers() {
  (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

give_up() {
  echo "scripts/test: $1" >&2
  [ ! -r "${2:-}" ] || tail -n 20 "$2" >&2
  exit 2
}

# Another process may take the port between the look and the start: a few attempts.
start_redis() {
  local attempt wait
  mkdir "$scratch/redis"
  for attempt in 1 2 3 4 5; do
    redis_port=$(free_port)
    redis-server --bind 127.0.0.1 --port "$redis_port" --dir "$scratch/redis" --save "" \
      --appendonly no --daemonize no --logfile "$scratch/redis/log" >/dev/null 2>&1 &
    redis_pid=$!
    for wait in {1..100}; do
      kill -0 "$redis_pid" 2>/dev/null || break
      # Ours, not a stranger on the same port: the log says that it accepts connections.
      ! grep -qi 'ready to accept connections' "$scratch/redis/log" 2>/dev/null || return 0
      sleep 0.1
    done
    stop_redis
  done
  give_up "redis-server does not start" "$scratch/redis/log"
}

# PostgreSQL refuses to run as root, so root lends it the user that the package made.
start_postgres() {
  local attempt
  postgres_dir=$(mktemp -d /tmp/sportello-postgres.XXXXXX)
  if [ "$(id -u)" -eq 0 ]; then
    as_postgres=(runuser -u postgres --)
    chown postgres "$postgres_dir" || give_up "as root, PostgreSQL needs the system user postgres"
  fi
  in_postgres_dir "$postgres_bin/initdb" --pgdata=data --username=postgres --auth=trust \
    --encoding=UTF8 --locale=C --no-sync >"$scratch/initdb.log" 2>&1 ||
    give_up "initdb failed" "$scratch/initdb.log"
  for attempt in 1 2 3 4 5; do
    postgres_port=$(free_port)
    ! in_postgres_dir "$postgres_bin/pg_ctl" start --pgdata=data --wait --timeout=60 --log=log \
      --options="$(postgres_options)" >/dev/null 2>&1 </dev/null || return 0
  done
  give_up "PostgreSQL does not start" "$postgres_dir/log"
}

postgres_options() {
  echo "-p $postgres_port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$postgres_dir" \
    "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=300"
}

# From within its own folder: the caller's may be closed to the user postgres.
in_postgres_dir() {
  (cd "$postgres_dir" && timeout --kill-after=10 120 "${as_postgres[@]}" "$@")
}

stop_redis() {
  [ -n "$redis_pid" ] || return 0
  kill "$redis_pid" 2>/dev/null || true
  wait "$redis_pid" 2>/dev/null || true
  redis_pid=
}

stop_servers() {
  stop_redis
  [ -n "$postgres_dir" ] || return 0
  in_postgres_dir "$postgres_bin/pg_ctl" stop --pgdata=data --mode=immediate --wait \
    >/dev/null 2>&1 || true
  rm -rf "$postgres_dir"
  postgres_dir=
}
