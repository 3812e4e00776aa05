import { quote } from "./shell";

/**
 * Prints the htpasswd line for `<user>:<password>` on standard input: the existing line of the file
 * named as argument if it matches, else a new one. Perl is part of every Debian and Ubuntu, and its
 * crypt() makes bcrypt hashes. Cost 6: the passwords are long and random, and a registry checks one
 * with every request.
 */
const htpasswdProgram = String.raw`
my $input = do { local $/; <STDIN> };
my ($user, $password) = $input =~ /\A([^:\n]+):([^\n]{1,72})\n?\z/ or die "not <user>:<password>\n";
if (open my $file, "<", $ARGV[0]) {
  my $line = do { local $/; <$file> } // "";
  if ($line =~ /\A\Q$user\E:(\$2y\$06\$[^\n]+)\n\z/ && crypt($password, $1) eq $1) { print $line; exit 0 }
}
open my $random, "<", "/dev/urandom" or die "no randomness: $!\n";
read($random, my $bytes, 22) == 22 or die "no randomness\n";
my @letters = (".", "/", "A".."Z", "a".."z", 0..9);
my @salt = map { $letters[ord($_) % 64] } split //, $bytes;
# The last letter of a bcrypt salt carries two bits only.
$salt[21] = (".", "O", "e", "u")[ord(substr $bytes, 21) % 4];
my $hash = crypt($password, "\$2y\$06\$" . join("", @salt));
die "this system cannot make bcrypt hashes\n" unless defined $hash && $hash =~ /\A\$2y\$06\$.{53}\z/;
print "$user:$hash\n";
`.trim();

/**
 * The functions of every converge step, for bash 5. A step's own text only calls them.
 *
 * Rules for all: no secret becomes an argument or an environment variable (secrets are in an
 * unexported shell variable and go through pipes from builtins, then into files with mode 0600 on a
 * file system in memory); every command has a deadline; the output of a command is shown only when
 * it fails.
 */
export const convergeFunctions = `
umask 077
export PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1
changes=0
declare -A secrets=()
# Fixed names are safe: only root writes in /run, and only one step runs at a time.
content=/run/hive-converge.content
output=/run/hive-converge.output

fail() {
  echo "hive: $title on $(uname -n): $*" >&2
  exit 1
}

# looks WHAT   In the mode "check": reports that WHAT is not in the wanted state. The caller changes nothing then.
looks() {
  [ "$mode" = check ] || return 1
  changes=$((changes + 1))
  echo "differs $*"
}

# One step at a time on a host, whoever started it.
begin() {
  [ "$mode" = check ] || (umask 022 && mkdir -p "$state")
  exec 9> /run/hive-converge.lock
  flock -w 120 9 || fail "another step has been running for two minutes. Wait for it, or kill it, then run again"
  rm -f -- "$content" "$output"
  trap 'rm -f -- "$content" "$output"' EXIT
}

finish() {
  if [ "$mode" = check ]; then
    echo "$title: looked"
  elif [ "$changes" -gt 0 ]; then
    echo "$title: changed"
  else
    echo "$title: unchanged"
  fi
}

changed() {
  changes=$((changes + 1))
  echo "changed $*"
}

# read_secrets HEADER END PATH64…   Reads standard input; every path must be there, and no other.
read_secrets() {
  local header=$1 end=$2 line path complete=no
  shift 2
  local wanted=" $* "
  IFS= read -r -t 30 line || line=
  [ "$line" = "$header" ] || fail "the secrets did not arrive on standard input (its first line must be '$header')"
  while IFS= read -r -t 30 line; do
    if [ "$line" = "$end" ]; then
      complete=yes
      break
    fi
    path=\${line%% *}
    case $wanted in
      *" $path "*) secrets[$path]=\${line#* } ;;
      *) fail "a secret arrived for $(printf %s "$path" | base64 -d), a file that this step does not have" ;;
    esac
  done
  [ "$complete" = yes ] || fail "the secrets on standard input were cut off"
  for path in "$@"; do
    [ -n "\${secrets[$path]+set}" ] || fail "no secret arrived for $(printf %s "$path" | base64 -d)"
  done
}

# secret PATH64   Prints the content.
secret() { printf %s "\${secrets[$1]}" | base64 -d; }

# htpasswd FILE   Turns <user>:<password> into a line with a hash; the line in FILE is kept if it fits.
htpasswd() { perl -e ${quote(htpasswdProgram)} "$1"; }

# put PATH MODE OWNER rename|in-place FOLDER_MODE REACTION…   Writes $content to the file.
put() {
  local path=$1 permissions=$2 owner=$3 place=$4 folder_mode=$5 folder=\${1%/*} new
  shift 5
  if [ "$mode" = check ]; then
    holds "$path" "$permissions" "$owner" || looks "$path"
    return 0
  fi
  [ ! -d "$path" ] || fail "$path is a folder, but hive has to write a file there. Move the folder away, then run again"
  if holds "$path" "$permissions" "$owner"; then
    echo "unchanged $path"
    return
  fi
  if has_content "$path"; then
    due "$@"
    chown "$owner" "$path"
    chmod "$permissions" "$path"
  elif [ "$place" = in-place ]; then
    due "$@"
    cat "$content" > "$path"
    chown "$owner" "$path"
    chmod "$permissions" "$path"
  else
    [ -d "\${folder:-/}" ] || (umask 022 && mkdir -p "$folder" && chmod "$folder_mode" "$folder")
    rm -f -- "$folder"/.hive-new.*
    new=$(mktemp "$folder/.hive-new.XXXXXX")
    cat "$content" > "$new"
    chown "$owner" "$new"
    chmod "$permissions" "$new"
    due "$@"
    mv -fT -- "$new" "$path"
  fi
  changed "$path"
}

# holds PATH MODE OWNER   Whether the file has the content of $content, this mode and this owner.
holds() { has_content "$1" && same_owner_and_mode "$@"; }

has_content() { [ -f "$1" ] && [ ! -L "$1" ] && cmp -s -- "$content" "$1"; }

same_owner_and_mode() {
  [ $((8#$(stat -c %a -- "$1"))) -eq $((8#$2)) ] || return 1
  [ "$(stat -c %U:%G -- "$1")" = "$3" ] || [ "$(stat -c %u:%g -- "$1")" = "$3" ]
}

# due REACTION…   Marks reactions as due, before the change that they answer.
due() {
  local name
  for name in "$@"; do : > "$state/$name"; done
}

# run SECONDS COMMAND   Its output is shown only when it fails.
run() {
  local status=0
  timeout --kill-after=5 "$1" bash -euo pipefail -c "$2" > "$output" 2>&1 9>&- < /dev/null || status=$?
  [ "$status" -ne 0 ] || return 0
  tail -n 40 "$output" >&2
  [ "$status" -ne 124 ] || fail "timed out after $1 s: $2"
  fail "failed with status $status: $2"
}

# react NAME SECONDS COMMAND…   Runs a due reaction; its mark is removed only when all commands have succeeded.
react() {
  local name=$1 seconds=$2 command
  shift 2
  [ -e "$state/$name" ] || return 0
  ! looks "$name, which is still to be done" || return 0
  for command in "$@"; do run "$seconds" "$command"; done
  rm -f -- "$state/$name"
  changed "$name"
}

# keep WHAT HOLDS MAKE   Runs MAKE unless HOLDS succeeds; prints lines of HOLDS that begin with "note ", and of MAKE that begin with "changed ".
keep() {
  local what=$1 holds=$2 make=$3 status=0
  timeout --kill-after=5 60 bash -euo pipefail -c "$holds" > "$output" 2>&1 9>&- < /dev/null || status=$?
  grep '^note ' "$output" || true
  [ "$status" -ne 0 ] || return 0
  ! looks "$what" || return 0
  run 120 "$make"
  if grep '^changed ' "$output"; then changes=$((changes + 1)); else changed "$what"; fi
}

# check SECONDS WHAT REMEDY COMMAND   Tries until it succeeds or the time is over.
check() {
  local seconds=$1 what=$2 remedy=$3 command=$4 left end
  [ "$mode" != check ] || seconds=$((seconds < 5 ? seconds : 5))
  left=$seconds end=$((SECONDS + seconds))
  until timeout --kill-after=2 "$left" bash -euo pipefail -c "$command" > "$output" 2>&1 9>&- < /dev/null; do
    left=$((end - SECONDS))
    if [ "$left" -le 0 ]; then
      ! looks "not true: $what" || return 0
      tail -n 20 "$output" >&2
      fail "still not true after $seconds s: $what\${remedy:+; $remedy}"
    fi
    sleep 0.3
  done
}

# packages "REACTION …" NAME[/COMMAND]…   Installs what is missing; NAME is not needed where COMMAND exists.
packages() {
  local reactions=$1 each missing=()
  shift
  for each in "$@"; do
    case $each in
      */*) ! command -v "\${each#*/}" > /dev/null || continue ;;
    esac
    each=\${each%%/*}
    [ "$(dpkg-query -W -f='\${db:Status-Status}' "$each" 2> /dev/null || true)" = installed ] || missing+=("$each")
  done
  [ "\${#missing[@]}" -gt 0 ] || return 0
  ! looks "packages \${missing[*]}" || return 0
  command -v apt-get > /dev/null || fail "needs the packages \${missing[*]}, and this is not a Debian or Ubuntu server"
  # One word per reaction.
  due $reactions
  run 180 "apt-get -o DPkg::Lock::Timeout=120 -o Acquire::Retries=3 update"
  run 600 "apt-get -o DPkg::Lock::Timeout=120 -o Acquire::Retries=3 install --yes --no-install-recommends \${missing[*]}"
  changed "packages \${missing[*]}"
}
`.trim();
