#!/bin/sh
# What a newcomer does on a fresh Debian: newcomer.sh VERSION PORT, as root, with archive and package in /srv, and the README's lines, for root and for a
# user. The machine has an SSH server, no Java, no Maven.
set -eu
version=$1 port=$2
for program in java mvn git curl; do
    ! command -v $program || { echo "this Debian is not fresh: it has $program"; exit 1; }
done
(cd /srv && sh -ex /srv/as-root-by-readme)
useradd --create-home --shell /bin/bash ops
usermod -p '*' ops
/usr/sbin/sshd -p "$port" -o ListenAddress=127.0.0.1 -o ListenAddress=127.0.0.2 -o PidFile=none
cat >/srv/as-ops <<'END'
set -eu
version=$1 port=$2
mkdir -p ~/.ssh inventory/groups inventory/group_vars
chmod 700 ~/.ssh
jet-fanout --version
sh -ex /srv/by-readme
ssh-keygen -q -t ed25519 -N '' -C workers -f ~/.ssh/id_workers
ssh-keygen -q -t ed25519 -N '' -C hosts -f ~/.ssh/id_hosts
cat ~/.ssh/*.pub >~/.ssh/authorized_keys
echo "[127.0.0.1]:$port,[127.0.0.2]:$port $(cut -d' ' -f1,2 /etc/ssh/ssh_host_ed25519_key.pub)" >~/.ssh/known_hosts
eval "$(ssh-agent)" >/dev/null
trap 'kill $SSH_AGENT_PID' EXIT
ssh-add -q ~/.ssh/id_workers ~/.ssh/id_hosts
jet-fanout doctor
echo 'hosts: [ w1 ]' >inventory/groups/gateways
echo 'hosts: [ h1, h2, h3 ]' >inventory/groups/web
printf 'jet_ssh_hostname: 127.0.0.1\njet_ssh_port: %s\n' "$port" >inventory/group_vars/gateways
printf 'jet_ssh_hostname: 127.0.0.2\njet_ssh_port: %s\n' "$port" >inventory/group_vars/web
cat >workers.yml <<'YML'
workers:
  map: [ { from: web, to: gateways } ]
  user: ops
  agent_keys: [ hosts ]
YML
jet-fanout exec -i inventory --limit-groups web --user ops --worker-config workers.yml -- 'echo I am $(id -un)'
# the program is not this user's, and nothing was written there
! touch "/opt/jet-fanout-$version/lib/new" 2>/dev/null
test -d ~/.cache/jet-fanout
END
# not by login: that would take a terminal
as_ops() {
    (cd /home/ops && setpriv --reuid=ops --regid=ops --init-groups env HOME=/home/ops USER=ops "$@")
}
as_ops sh /srv/as-ops "$version" "$port"

# the package: installed, used, installed over itself, and removed without a trace
rm /usr/local/bin/jet-fanout
dpkg -i /srv/jet-fanout.deb
as_ops jet-fanout demo --runner exec
echo mine >/etc/jet-fanout/README
dpkg -i --force-confold /srv/jet-fanout.deb
grep -qx mine /etc/jet-fanout/README
as_ops jet-fanout --version
dpkg --purge jet-fanout
for path in /opt/jet-fanout /etc/jet-fanout /usr/bin/jet-fanout /lib/systemd/system/jet-fanout-hand.service; do
    [ ! -e "$path" ] || { echo "$path is left"; exit 1; }
done
echo "the package came and went"
