# Loads initial people and groups: standard input has the administrator's password on its first line, LDIF after it.
# Adds what is missing. What is there stays as it is, for instance a password that its owner changed, so it can be run
# any number of times. Needs bash (see site/services/ldap.ts).
set -euo pipefail
IFS= read -r password
errors=$(mktemp)
trap 'rm -f "$errors"' EXIT

# The password goes through a pipe: arguments and environment can be read by others.
code=0
ldapmodify -a -c -x -H ldapi:/// -D cn=admin,dc=hive,dc=example -y <(printf %s "$password") 2> "$errors" || code=$?

# 68: the entry exists, 20: it has the value already. Their second lines ("additional info") say no more.
others=$(grep -E '^ldap' "$errors" | grep -vE '\((68|20)\)$' || true)
if [ -n "$others" ]; then
  grep -vE '\((68|20)\)$' "$errors" >&2
  exit 1
fi
# A failure that is none of these: it never ran, was killed (above 128), or says nothing of why.
if [ "$code" -ge 128 ] || { [ "$code" -ne 0 ] && ! grep -qE '^ldap' "$errors"; }; then
  cat "$errors" >&2
  echo "ldapmodify ended with exit code $code; run again when that is mended" >&2
  exit 1
fi
