# shellcheck shell=bash disable=SC2154
# A private PostgreSQL. Sourced by scripts/services, which sets $folder.

postgres_package() {
  echo postgresql
}

# Debian keeps the programs of the server out of PATH, one folder a version.
postgres_programs() {
  local program
  program=$(printf '%s\n' /usr/lib/postgresql/*/bin/initdb | sort -V | tail -n 1)
  [ -x "$program" ] || program=$(command -v initdb) || return 1
  dirname "$program"
}

postgres_installed() {
  postgres_programs >/dev/null 2>&1
}

# PostgreSQL refuses to run as root.
as_postgres() {
  if [ "$(id -u)" = 0 ]; then
    setpriv --reuid postgres --regid postgres --init-groups -- "$@"
  else
    "$@"
  fi
}

postgres_state() {
  local postgres_how postgres_port postgres_password
  source "$folder/postgres.state"
  local name=postgres_$1
  echo "${!name}"
}

postgres_url() {
  echo "postgres://frontdesk:$(postgres_state password)@127.0.0.1:$(postgres_state port)/postgres"
}

postgres_control() {
  as_postgres "$(postgres_programs)/pg_ctl" -D "$folder/postgres/data" -s "$@" 9<&-
}

postgres_create() {
  local how=docker port password
  if postgres_installed; then how=native; fi
  port=$(free_port)
  password=$(new_password)
  rm -rf "$folder/postgres"
  mkdir -m 0700 "$folder/postgres"
  postgres_create_"$how" "$port" "$password"
  (umask 077 && printf 'postgres_how=%s\npostgres_port=%s\npostgres_password=%s\n' "$how" "$port" "$password" \
    >"$folder/postgres.state")
}

# Texts sort and fold as in C.UTF-8 everywhere, so that tests see the same on every machine.
postgres_create_native() {
  if [ "$(id -u)" = 0 ]; then chown postgres "$folder/postgres"; fi
  as_postgres bash -s "$(postgres_programs)" "$folder/postgres" "$2" <<'SH' || start_failed postgres "$folder/postgres/log"
    umask 077
    cd "$2"
    printf '%s' "$3" >password
    "$1/initdb" -D data -U frontdesk -A scram-sha-256 --pwfile=password -E UTF8 --locale=C.UTF-8 --no-sync >log 2>&1
    status=$?
    rm password
    exit $status
SH
  postgres_options "$1" | as_postgres tee -a "$folder/postgres/data/postgresql.conf" >/dev/null
}

# No socket in the file system: the port is the only door, and asks for the password.
postgres_options() {
  cat <<CONF
listen_addresses = '127.0.0.1'
port = $1
unix_socket_directories = ''
max_connections = 200
fsync = ${FRONTDESK_SERVICES_FSYNC:-on}
CONF
}

postgres_create_docker() {
  docker create --name "$(container postgres)" -p "127.0.0.1:$1:5432" --shm-size 256m \
    -e POSTGRES_USER=frontdesk -e POSTGRES_DB=postgres -e "POSTGRES_PASSWORD=$2" -e LANG=C.UTF-8 \
    postgres:17 -c max_connections=200 -c "fsync=${FRONTDESK_SERVICES_FSYNC:-on}" >/dev/null
}

postgres_runs() {
  case "$(postgres_state how)" in
    native) lives "$folder/postgres/data/postmaster.pid" "$folder/postgres/data" ;;
    docker) container_runs postgres ;;
  esac
}

postgres_start() {
  local log=$folder/postgres/log
  case "$(postgres_state how)" in
    native) postgres_control -w -t "$patience" -l "$log" start >&2 || start_failed postgres "$log" ;;
    docker)
      docker start "$(container postgres)" >/dev/null
      wait_until postgres_takes_queries never || {
        docker logs "$(container postgres)" >"$log" 2>&1
        start_failed postgres "$log"
      }
      ;;
  esac
}

# The image starts a server without a port first, to set the database up.
postgres_takes_queries() {
  docker exec "$(container postgres)" pg_isready -q -h 127.0.0.1 -U frontdesk
}

# `fast` ends sessions and writes a checkpoint; `immediate` does neither, so that the next start recovers.
postgres_stop() {
  local mode=fast signal=INT
  if [ "$1" = --immediate ]; then mode=immediate signal=QUIT; fi
  postgres_runs || return 0
  case "$(postgres_state how)" in
    native) postgres_control -w -t "$patience" -m "$mode" stop ;;
    docker)
      docker kill --signal "$signal" "$(container postgres)" >/dev/null
      docker wait "$(container postgres)" >/dev/null
      ;;
  esac
}

postgres_delete() {
  case "$(postgres_state how)" in
    native) postgres_stop --immediate ;;
    docker) docker rm -f -v "$(container postgres)" >/dev/null ;;
  esac
}

# With a client the address is tried as it will be used; without one, whether a PostgreSQL is there: it answers a
# request for TLS with one letter (PostgreSQL's protocol, SSLRequest).
postgres_answers_at() {
  if command -v psql >/dev/null; then
    PGCONNECT_TIMEOUT=10 psql -Xqt -c 'select 1' "$1" >/dev/null
  else
    local host port answer
    read -r host port < <(address_of "$1" 5432)
    exec 3<>"/dev/tcp/$host/$port" || return 1
    printf '\x00\x00\x00\x08\x04\xd2\x16\x2f' >&3
    read -r -t 10 -N 1 answer <&3 && [[ $answer == [SN] ]]
  fi
}
