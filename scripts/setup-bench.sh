#!/bin/sh
# Installs what `npm run bench` compares with (Debian, Ubuntu; as root). What cannot be had is said, and left out there.
set -u
export DEBIAN_FRONTEND=noninteractive

apt-get update -q || echo "setup-bench: apt-get update failed; going on with the lists that are here" >&2
missing=
for package in gcc libc6-dev procps htop btop atop openssh-server openssh-client; do
  apt-get install -y -q --no-install-recommends "$package" || missing="$missing $package"
done
if [ -n "$missing" ]; then echo "setup-bench: cannot be had here:$missing" >&2; fi
if command -v systemctl >/dev/null && systemctl is-active -q atop 2>/dev/null; then
  echo "setup-bench: Debian's atop records in the background; to stop that: systemctl disable --now atop atopacct" >&2
fi
for program in cc top htop btop atop; do
  command -v "$program" >/dev/null || echo "setup-bench: no $program" >&2
done
