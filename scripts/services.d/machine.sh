# shellcheck shell=bash
# What the machine has and does: programs, packages, ports, processes. Sourced by scripts/services.

# Nothing here takes so long on a machine that works; in seconds.
patience=60

fail() {
  echo "services: $*" >&2
  exit 1
}

# Ports below those that systems give to outgoing connections (32768 and up on Linux).
free_port() {
  local port
  for _ in {1..100}; do
    port=$((15000 + RANDOM % 17000))
    if ! (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      echo "$port"
      return
    fi
  done
  fail "no free port was found"
}

# Host and port of a URL, with the scheme's own port where none is written.
address_of() {
  local rest=${1#*://}
  rest=${rest%%[/?]*}
  rest=${rest##*@}
  if [[ $rest =~ ^\[?([^]]*[^]:])\]?:([0-9]+)$ ]]; then
    echo "${BASH_REMATCH[1]} ${BASH_REMATCH[2]}"
  else
    rest=${rest#[}
    echo "${rest%]} $2"
  fi
}

new_password() {
  od -An -N16 -tx1 /dev/urandom | tr -d ' \n'
}

# Tries a command until it succeeds; gives up when another one says that it never will.
wait_until() {
  local condition=$1 hopeless=$2 deadline=$((SECONDS + patience))
  until "$condition"; do
    if "$hopeless" || [ "$SECONDS" -ge "$deadline" ]; then return 1; fi
    sleep 0.1
  done
}

never() {
  false
}

# Whether the process of a pid file lives, and is still the one that it was written for: its command line has this
# text.
lives() {
  local file=$1 text=$2 pid
  pid=$(head -n 1 "$file" 2>/dev/null) || return 1
  [ -n "$pid" ] && command_line "$pid" | grep -qF -- "$text"
}

# A bare Debian has no ps, other systems have no /proc.
command_line() {
  if [ -r "/proc/$1/cmdline" ]; then
    tr '\0' ' ' <"/proc/$1/cmdline"
  else
    ps -ww -o args= -p "$1" 2>/dev/null
  fi
}

# Runs a server that outlives this script and the terminal's signals, and leaves its pid in a file. `setsid` becomes
# the server, because it never leads a group when a script starts it.
detached() {
  local pid_file=$1
  shift
  if command -v setsid >/dev/null; then
    setsid "$@" </dev/null 9<&- &
  else
    nohup "$@" </dev/null 9<&- &
  fi
  echo "$!" >"$pid_file"
}

docker_runs() {
  command -v docker >/dev/null && docker info >/dev/null 2>&1
}

# Finds out how a service can run here, with an installation where nothing else helps.
provide() {
  if "$1"_installed || docker_runs; then return; fi
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    install_packages "$("$1"_package)"
    "$1"_installed || fail "$("$1"_package) was installed, but its programs are not where they are looked for"
  else
    fail "$1 is missing. Install it (on Debian: apt-get install $("$1"_package)), start Docker, or set TEST_DATABASE_URL and TEST_AMQP_URL to servers that run"
  fi
}

# Debian starts what it installs, unless /usr/sbin/policy-rc.d forbids it (invoke-rc.d(8)).
install_packages() (
  policy=/usr/sbin/policy-rc.d
  echo "services: installing $*" >&2
  if [ ! -e "$policy" ]; then
    trap 'rm -f /usr/sbin/policy-rc.d' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 0755 "$policy"
  fi
  apt-get update -qq >&2
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >&2
)

# A container is named after its folder, so that no two checkouts meet.
container() {
  echo "$(basename "$folder")-$1"
}

container_runs() {
  [ "$(docker inspect -f '{{.State.Running}}' "$(container "$1")" 2>/dev/null)" = true ]
}

start_failed() {
  echo "services: $1 does not come up within $patience s; it says:" >&2
  tail -n 20 "$2" >&2
  exit 1
}
