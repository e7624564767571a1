'use strict';
// Lines of shell as lifecycle scripts have them, with the programs that they call.
const { spawnSync } = require('child_process');
const { mkdtempSync } = require('fs');
const { tmpdir } = require('os');
const { join } = require('path');

const cwd = mkdtempSync(join(tmpdir(), 'shell-'));
const lines = [
  '[ -n "$NOT_SET" ] || echo unset; if [ "$NOT_SET" != "x" ]; then echo other; fi',
  'no-such-program --flag 2>/dev/null || echo missing $?',
  'node -e "process.exit(3)" > /dev/null 2>&1 && echo 0 || echo 1',
  'mkdir -p a/b && echo "{}" > a/package.json && (cd a && ls) && ls; find . -name "*.json" -type f',
  'printf "%s\\n" "it\'s" \'a "q"\' | while IFS= read -r l; do echo "[$l]"; done',
  'OUT=$(cat nope 2>/dev/null); echo "$? <$OUT>"; ! grep -q root /etc/passwd; echo $?',
  'export A=1; sh -c \'echo $A $0 $1\' x y',
  'for i in $(seq 3); do [ $i -eq 2 ] && continue; echo $i; done; x="a,b"; IFS=,; for p in $x; do echo $p; done',
  'cat <<-X | sed "s/a/b/g"\n\ttabbed a $((6 * 7))\n\tX',
  'echo YWJj | base64 -d; echo; echo abc | sha256sum | cut -c1-8; echo abc | tr a-c A-C | rev',
  'tar czf t.tgz a && tar tzf t.tgz && rm -rf a && tar xzf t.tgz && ls a',
  'trap "echo trapped" EXIT; f() { echo "f: $* $#"; return 4; }; f 1 "2 3"; echo $?; exit 6',
  'case "$(uname -s)" in Linux*) echo linux;; *) echo other;; esac; command -v sh >/dev/null && echo has sh',
  'v=/x/y.tar.gz; echo ${v##*/} ${v%.*} ${v%%.*} ${#v} ${NOT_SET:-d} ${NOT_SET:=e} $NOT_SET',
  'set -e; echo before; false; echo after',
  'echo one > f; echo two >> f; { cat f; echo err >&2; } 2>&1 | sort | head -n 2; wc -l < f',
  'i=0; while [ $i -lt 3 ]; do i=$((i+1)); done; echo $i; until [ $i = 0 ]; do i=$((i-1)); done; echo $i',
  'echo "a b" | awk \'{print $2}\'; printf "3\\n1\\n2\\n1\\n" | sort -n | uniq -c | sed "s/^ *//"',
  'basename /a/b.js .js; dirname /a/b.js; echo a b c | xargs -n 2 echo; true && false || echo end',
];
for (const line of lines) {
  const { stdout, status } = spawnSync(line, { shell: true, encoding: 'utf8', cwd, env: { PATH: process.env.PATH } });
  console.log(JSON.stringify(line));
  console.log(stdout + status);
}
