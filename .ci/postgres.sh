# Starts a PostgreSQL of our own for the tests, on a free port of this machine, and says where it is
# in RIGWRIGHT_TEST_POSTGRES. Without one the tests that need it are skipped with that reason.

start_postgres() {
  local bin dir port
  bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
  if [ -z "$bin" ] && command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq >/dev/null 2>&1
    apt-get install -y -qq --no-install-recommends postgresql >/dev/null 2>&1
    bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
  fi
  if [ -z "$bin" ]; then
    echo "postgres: not installed and cannot be; its tests will be skipped"
    return 0
  fi
  dir=$(mktemp -d) || return 0
  port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  PG_AS=""
  if [ "$(id -u)" = 0 ]; then  # the server refuses to run as root
    chown postgres "$dir" || return 0
    PG_AS="runuser -u postgres --"
  fi
  PG_BIN=$bin PG_DIR=$dir
  if (cd "$dir" && $PG_AS "$bin/initdb" -D "$dir/data" -U rigwright -A trust -E UTF8 >"$dir.log" 2>&1 &&
    $PG_AS "$bin/pg_ctl" -D "$dir/data" -w -t 60 -l "$dir/server.log" \
      -o "-p $port -k $dir -c listen_addresses=127.0.0.1 -c fsync=off" start >>"$dir.log" 2>&1); then
    export RIGWRIGHT_TEST_POSTGRES="postgresql://rigwright@127.0.0.1:$port/postgres"
    echo "postgres: $("$bin/postgres" --version) on port $port"
  else
    echo "postgres: did not start, its tests will be skipped:"
    tail -5 "$dir.log"
    PG_DIR=""
  fi
}

stop_postgres() {
  [ -n "${PG_DIR:-}" ] || return 0
  (cd "$PG_DIR" && $PG_AS "$PG_BIN/pg_ctl" -D "$PG_DIR/data" -m immediate stop >/dev/null 2>&1) || true
  rm -rf "$PG_DIR" "$PG_DIR.log"
}
