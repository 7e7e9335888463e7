#!/bin/sh
# Installs the dispatch API as a service of systemd, in one folder: PREFIX/{bin,config,logs,data}. docs/how-to/deploy.md says more.
set -eu

usage() {
  cat <<'END'
usage: install.sh [--prefix DIR] [--program DIR] [--user NAME] [--dry-run] [--uninstall]

  --prefix DIR   where it lies; /opt/microtome if absent
  --program DIR  the built program: a clone after "npm run build", or what the .deb installed; found if absent
  --user NAME    who runs it; made where there is no such user. "microtome" if absent
  --dry-run      says what would be done and does nothing
  --uninstall    ends the service and removes unit and bin; data, logs, config and the user stay

May be run again: what is there is brought up to date, the key and all data stay. DESTDIR=DIR puts everything below DIR, for a package
or a look; no user is made then, and systemd is told nothing.
END
}

fail() {
  echo "install.sh: $1" >&2
  exit 1
}

# Does it, or says it.
run() {
  if [ "$dry" = yes ]; then echo "would run: $*"; else "$@"; fi
}

# put MODE FILE: writes what comes in, all of it or nothing.
put() {
  if [ "$dry" = yes ]; then
    cat > /dev/null
    echo "would write: $2 (mode $1)"
    return
  fi
  staged="$2.new"
  (umask 077 && cat > "$staged")
  chmod "$1" "$staged"
  mv -f "$staged" "$2"
}

# Whether this run is about this machine itself.
here() { [ -z "$dest" ]; }

find_program() {
  clone=$(cd "$(dirname "$0")/.." && pwd)
  for dir in "$clone" /opt/Microtome/resources/app.asar.unpacked; do
    if [ -f "$dir/out/cli/main.js" ]; then
      echo "$dir"
      return
    fi
  done
}

find_node() {
  for node in "$program"/node_modules/node-linux-*/bin/node; do
    if [ -x "$node" ]; then
      echo "$node"
      return
    fi
  done
}

check() {
  case $prefix in
    '' | *[!A-Za-z0-9._/-]* | [!/]*) fail "--prefix ${prefix:-/}: an absolute path of letters, digits, dots, dashes and underscores is needed" ;;
  esac
  case $user in
    '' | [!a-z_]* | *[!a-z0-9_-]*) fail "--user $user is no name of a user" ;;
  esac
  [ -n "$program" ] || fail 'there is no built program: run "npm run build" in the clone, or name one with --program'
  [ -f "$program/out/cli/main.js" ] || fail "--program $program holds no out/cli/main.js"
  case $program in
    *[!A-Za-z0-9._/-]* | [!/]*) fail "--program $program: an absolute path without blanks is needed" ;;
    /home/* | /root/*) fail "--program $program lies in a home folder, which the service may not see: copy it to /opt" ;;
  esac
  node=$(find_node)
  [ -n "$node" ] || fail "$program has no Node of its own: run \"npm ci\" there"
  if here && [ "$dry" = no ] && [ "$(id -u)" != 0 ]; then fail 'only root may do this; --dry-run says what it would do'; fi
}

make_user() {
  here || return 0
  if ! getent passwd "$user" > /dev/null; then
    run useradd --system --user-group --home-dir "$prefix/data" --no-create-home --shell /usr/sbin/nologin "$user"
  fi
}

# folder MODE DIR OWNER
folder() {
  run mkdir -p "$2"
  run chmod "$1" "$2"
  own "$3" "$2"
}

own() {
  if here; then run chown -h "$1" "$2"; fi
}

make_folders() {
  folder 755 "$root" root
  folder 755 "$root/bin" root
  folder 750 "$root/config" "root:$user"
  folder 750 "$root/logs" "$user:$user"
  folder 700 "$root/data" "$user:$user"
  # The node looks for both in its data folder.
  link ../logs "$root/data/logs"
  link ../config/servers.config.json "$root/data/servers.config.json"
}

# What is there stays: somebody put it there.
link() {
  if [ -e "$2" ] || [ -h "$2" ]; then return 0; fi
  run ln -s "$1" "$2"
  own "$user:$user" "$2"
}

make_key() {
  key="$root/config/api_key"
  if [ ! -s "$key" ]; then od -An -N32 -tx1 /dev/urandom | tr -d ' \n' | put 600 "$key"; fi
  run chmod 600 "$key"
  own "$user:$user" "$key"
}

make_command() {
  put 755 "$root/bin/microtome" <<END
#!/bin/sh
exec $node --disable-warning=ExperimentalWarning $program/out/cli/main.js "\$@"
END
}

make_variables() {
  env="$root/config/microtome.env"
  if [ -e "$env" ]; then return 0; fi
  put 640 "$env" <<'END'
# Settings as MICROTOME_* (docs/how-to/configuration.md) and DISTCONV_* (docs/how-to/dispatch-api.md), such as MICROTOME_SLOTS=2
END
  own "root:$user" "$env"
}

# The units of this folder, with this layout instead of the .deb's.
adapted() {
  awk -v user="$user" -v prefix="$prefix" '
    BEGIN { print "# Made by install.sh, again at its next run: changes belong into \"systemctl edit microtome\"." }
    /^#/ { next }
    /^ExecStart=\// { command = ""; open = 1 }
    open { command = command $0; open = /\\$/; if (open) next
      word = command ~ /main\.js dispatch / ? "dispatch" : "serve"
      print "ExecStart=" prefix "/bin/microtome " word " --data " prefix "/data"; next }
    /^StateDirectory/ { next }
    /^(User|Group)=/ { sub(/=.*/, "=" user) }
    /^Environment=HOME=/ { $0 = "Environment=HOME=" prefix "/data" }
    /^EnvironmentFile=/ { $0 = "EnvironmentFile=-" prefix "/config/microtome.env" }
    /^Environment=DISTCONV_API_KEY_FILE=/ { $0 = "Environment=DISTCONV_API_KEY_FILE=" prefix "/config/api_key" }
    /^ReadWritePaths=/ { $0 = $0 " " prefix "/data " prefix "/logs" }
    { print }' "$1"
}

make_unit() {
  run mkdir -p "$units/microtome.service.d"
  adapted "$deploy/microtome.service" | put 644 "$units/microtome.service"
  adapted "$deploy/microtome.service.d/dispatch.conf" | put 644 "$units/microtome.service.d/dispatch.conf"
}

# A machine that was not started by systemd has nobody to tell.
tell_systemd() {
  if ! here; then return 0; fi
  if [ -d /run/systemd/system ]; then run systemctl "$@"; else echo "systemd does not run here; left out: systemctl $*"; fi
}

install_all() {
  check
  make_user
  make_folders
  make_key
  make_command
  make_variables
  make_unit
  tell_systemd daemon-reload
  tell_systemd enable microtome
  tell_systemd restart microtome
  [ "$dry" = yes ] || echo "Installed in $root. The key is in $prefix/config/api_key; \"$prefix/bin/microtome\" is the command."
}

uninstall_all() {
  tell_systemd disable --now microtome
  run rm -f "$units/microtome.service" "$units/microtome.service.d/dispatch.conf" "$root/bin/microtome"
  # Whatever else lies there is somebody's own.
  for dir in "$units/microtome.service.d" "$root/bin"; do
    if [ -d "$dir" ]; then run rmdir --ignore-fail-on-non-empty "$dir"; fi
  done
  tell_systemd daemon-reload
  [ "$dry" = yes ] || echo "Removed. What stays: $root/data, $root/logs, $root/config and the user $user."
}

prefix=/opt/microtome program='' user=microtome dry=no action=install
while [ $# -gt 0 ]; do
  case $1 in
    --prefix | --program | --user) [ $# -ge 2 ] || fail "$1 needs a value" ;;
  esac
  case $1 in
    --prefix) prefix=${2%/} && shift ;;
    --program) program=${2%/} && shift ;;
    --user) user=$2 && shift ;;
    --dry-run) dry=yes ;;
    --uninstall) action=uninstall ;;
    --help | -h) usage && exit 0 ;;
    *) usage >&2 && exit 2 ;;
  esac
  shift
done
dest=${DESTDIR:-}
dest=${dest%/}
root=$dest$prefix
units=$dest/etc/systemd/system
deploy=$(cd "$(dirname "$0")" && pwd)
[ -n "$program" ] || program=$(find_program)

case $action in
  install) install_all ;;
  uninstall) uninstall_all ;;
esac
