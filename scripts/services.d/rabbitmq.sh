# shellcheck shell=bash disable=SC2154
# A private RabbitMQ with its own Erlang port mapper. Sourced by scripts/services, which sets $folder.

rabbitmq_package() {
  echo rabbitmq-server
}

# Debian's program in PATH is a wrapper that insists on the system's folders; the one it calls does not.
rabbitmq_program() {
  local program=/usr/lib/rabbitmq/bin/rabbitmq-server
  [ -x "$program" ] || program=$(command -v rabbitmq-server) || return 1
  echo "$program"
}

rabbitmq_installed() {
  rabbitmq_program >/dev/null 2>&1 && command -v epmd >/dev/null
}

rabbitmq_state() {
  local rabbitmq_how rabbitmq_port rabbitmq_password rabbitmq_mapper rabbitmq_distribution
  source "$folder/rabbitmq.state"
  local name=rabbitmq_$1
  echo "${!name}"
}

rabbitmq_url() {
  echo "amqp://frontdesk:$(rabbitmq_state password)@127.0.0.1:$(rabbitmq_state port)/%2f"
}

rabbitmq_create() {
  local how=docker port password
  if rabbitmq_installed; then how=native; fi
  port=$(free_port)
  password=$(new_password)
  rm -rf "$folder/rabbitmq"
  mkdir -m 0700 "$folder/rabbitmq"
  rabbitmq_create_"$how" "$port" "$password"
  (umask 077 && cat >"$folder/rabbitmq.state" <<STATE
rabbitmq_how=$how
rabbitmq_port=$port
rabbitmq_password=$password
rabbitmq_mapper=$(free_port)
rabbitmq_distribution=$(free_port)
STATE
  )
}

rabbitmq_create_native() {
  (umask 077 && rabbitmq_options "$2" "127.0.0.1:$1" >"$folder/rabbitmq/rabbitmq.conf")
  echo '[].' >"$folder/rabbitmq/plugins"
}

# The user is made at the first start. Half a gigabyte is far more than ids and due times ever need.
rabbitmq_options() {
  cat <<CONF
default_user = frontdesk
default_pass = $1
default_vhost = /
listeners.tcp.1 = $2
vm_memory_high_watermark.absolute = 512MB
disk_free_limit.absolute = 50MB
CONF
}

rabbitmq_create_docker() {
  rabbitmq_options "$2" 0.0.0.0:5672 >"$folder/rabbitmq/rabbitmq.conf"
  # The container's account reads this file, nobody else can pass the folder above it.
  chmod 0644 "$folder/rabbitmq/rabbitmq.conf"
  docker create --name "$(container rabbitmq)" --hostname frontdesk -p "127.0.0.1:$1:5672" rabbitmq:4 >/dev/null
  docker cp "$folder/rabbitmq/rabbitmq.conf" "$(container rabbitmq):/etc/rabbitmq/conf.d/90-frontdesk.conf" >/dev/null
}

rabbitmq_runs() {
  case "$(rabbitmq_state how)" in
    native) lives "$folder/rabbitmq/pid" "$folder/rabbitmq" ;;
    docker) container_runs rabbitmq ;;
  esac
}

rabbitmq_start() {
  local log=$folder/rabbitmq/output
  if rabbitmq_runs; then return 0; fi
  rabbitmq_start_"$(rabbitmq_state how)"
  wait_until rabbitmq_answers rabbitmq_ended && return
  if [ "$(rabbitmq_state how)" = docker ]; then docker logs "$(container rabbitmq)" >"$log" 2>&1; fi
  start_failed rabbitmq "$log"
}

# Every setting is given here, so that neither the system's files nor the caller's environment are read. With input
# allowed, the program becomes Erlang instead of waiting for it; `-noinput` then refuses the input.
rabbitmq_start_native() {
  local home=$folder/rabbitmq mapper
  mapper=$(rabbitmq_state mapper)
  rabbitmq_start_mapper "$mapper"
  detached "$home/pid" env -i PATH="$PATH" LANG=C.UTF-8 HOME="$home" \
    ERL_EPMD_PORT="$mapper" ERL_EPMD_ADDRESS=127.0.0.1 \
    RABBITMQ_CONF_ENV_FILE=/dev/null RABBITMQ_CONFIG_FILE="$home/rabbitmq.conf" \
    RABBITMQ_ENABLED_PLUGINS_FILE="$home/plugins" RABBITMQ_NODENAME=frontdesk@localhost \
    RABBITMQ_MNESIA_BASE="$home/data" RABBITMQ_LOG_BASE="$home/logs" RABBITMQ_PID_FILE="$home/own-pid" \
    RABBITMQ_ALLOW_INPUT=1 RABBITMQ_DIST_PORT="$(rabbitmq_state distribution)" \
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='-kernel inet_dist_use_interface {127,0,0,1}' \
    "$(rabbitmq_program)" -noinput >"$home/output" 2>&1
}

# Erlang would start a mapper by itself, but one that nobody ends.
rabbitmq_start_mapper() {
  local home=$folder/rabbitmq
  if lives "$home/mapper.pid" "-port $1"; then return; fi
  detached "$home/mapper.pid" epmd -address 127.0.0.1 -port "$1" >"$home/mapper.log" 2>&1
}

rabbitmq_start_docker() {
  docker start "$(container rabbitmq)" >/dev/null
}

# Right after its launch the process still has the command line of this script.
rabbitmq_ended() {
  case "$(rabbitmq_state how)" in
    native) ! kill -0 "$(cat "$folder/rabbitmq/pid")" 2>/dev/null ;;
    docker) ! container_runs rabbitmq ;;
  esac
}

rabbitmq_answers() {
  speaks_amqp 127.0.0.1 "$(rabbitmq_state port)"
}

rabbitmq_stop() {
  rabbitmq_runs || return 0
  case "$(rabbitmq_state how)" in
    native)
      kill -TERM "$(head -n 1 "$folder/rabbitmq/pid")"
      wait_until rabbitmq_ended never || fail "rabbitmq does not stop within $patience s"
      ;;
    docker) docker stop -t "$patience" "$(container rabbitmq)" >/dev/null ;;
  esac
}

# What is deleted anyway need not be written first.
rabbitmq_delete() {
  local home=$folder/rabbitmq
  case "$(rabbitmq_state how)" in
    native)
      if rabbitmq_runs; then kill -KILL "$(head -n 1 "$home/pid")"; fi
      wait_until rabbitmq_ended never
      if lives "$home/mapper.pid" "-port $(rabbitmq_state mapper)"; then kill "$(cat "$home/mapper.pid")"; fi
      ;;
    docker) docker rm -f -v "$(container rabbitmq)" >/dev/null ;;
  esac
}

# A broker answers the protocol's header with a method frame, whose first byte is 1 (AMQP 0-9-1, 4.2.2 and 4.2.3).
speaks_amqp() {
  local answer
  (
    exec 3<>"/dev/tcp/$1/$2"
    printf 'AMQP\x00\x00\x09\x01' >&3
    read -r -t 10 -N 1 answer <&3 && [ "$answer" = $'\x01' ]
  ) 2>/dev/null
}

# Behind TLS nothing can be asked without a client, but the port must be open.
rabbitmq_answers_at() {
  local host port
  case "$1" in
    amqps://*)
      read -r host port < <(address_of "$1" 5671)
      (: <>"/dev/tcp/$host/$port") 2>/dev/null
      ;;
    *)
      read -r host port < <(address_of "$1" 5672)
      speaks_amqp "$host" "$port"
      ;;
  esac
}
