#!/bin/sh
# need.sh PIECE... sees to it that what a make target needs is on this machine: postgres, chromium,
# fonts, node. As root it installs what is missing from Debian's packages; as an ordinary user it
# prints the one line to run. Anything still missing is a failure, never a silent skip.
set -eu

has_postgres() { ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1; }
has_chromium() { command -v chromium >/dev/null 2>&1; }
has_fonts() { [ -n "$(find /usr/share/fonts -name '*.[to]tf' 2>/dev/null | head -n 1)" ]; }

# Node is the one piece not taken from Debian here: its own package may be too old.
need_node() {
	if ! command -v node >/dev/null 2>&1 || ! command -v npm >/dev/null 2>&1; then
		echo "The browser tests need Node.js 20.19 or newer with npm, and this machine has none." >&2
		exit 1
	fi
	have=$(node -p process.versions.node)
	oldest=$(printf '%s\n20.19.0\n' "$have" | sort -V | head -n 1)
	if [ "$oldest" != 20.19.0 ]; then
		echo "The browser tests need Node.js 20.19 or newer; this machine has $have." >&2
		exit 1
	fi
}

packages=
look() {
	packages=
	for piece; do
		case $piece in
		postgres) has_postgres || packages="$packages postgresql" ;;
		chromium) has_chromium || packages="$packages chromium" ;;
		fonts) has_fonts || packages="$packages fonts-liberation" ;;
		node) need_node ;;
		*) echo "need.sh: unknown piece $piece" >&2; exit 2 ;;
		esac
	done
}
look "$@"
[ -n "$packages" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
	echo "Missing on this machine:$packages. It has no apt-get: please install them its own way." >&2
	exit 1
fi
if [ "$(id -u)" != 0 ]; then
	echo "sudo apt-get install -y --no-install-recommends$packages"
	exit 1
fi

# Debian's package would start a server on port 5432; Wattle starts its own, on a private socket.
case $packages in *postgresql*)
	if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
		mkdir -p /etc/postgresql-common
		echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
	fi ;;
esac
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
echo "Fetching Debian's list of packages ..."
apt-get -o DPkg::Lock::Timeout=300 update -q >"$log" 2>&1 || tail -n 5 "$log" >&2
echo "Installing$packages ..."
if ! apt-get -o DPkg::Lock::Timeout=300 install -y -q --no-install-recommends $packages >"$log" 2>&1; then
	tail -n 20 "$log" >&2
	echo "Could not install$packages." >&2
	exit 1
fi
look "$@"
if [ -n "$packages" ]; then
	echo "Still missing after the installation:$packages." >&2
	exit 1
fi
