//! What wraps a tar archive, and what is none.

use super::tar::{Tar, gzip};
use super::{Case, bomb, reads, refused};

/// All of them.
pub(super) fn all() -> Vec<Case> {
    let tar = Tar::package().file("package/x", b"").end();
    let packed = gzip(&tar);
    let cut = |file, length: usize| {
        refused(
            file,
            packed[..length].to_vec(),
            "truncated: the gzip stream ends too early",
        )
    };
    let changed = |file, from_end: usize, line| {
        let mut bytes = packed.clone();
        let at = bytes.len() - from_end;
        bytes[at] ^= 1;
        refused(file, bytes, line)
    };
    let no_archive = "not an archive: neither a gzip stream nor a tar or zip file";
    let invalid = "damaged: the gzip stream is not valid";
    vec![
        refused("empty.tgz", Vec::new(), "not an archive: the file is empty"),
        refused("text.tgz", b"hello".to_vec(), no_archive),
        refused("gzip-in-gzip.tgz", gzip(&packed), no_archive),
        refused(
            "bzip2.tgz",
            b"BZh91AY".to_vec(),
            "a bzip2 archive, which is not supported yet: give a .tgz, .tar or .zip archive or a directory",
        ),
        cut("cut-in-magic.tgz", 5),
        cut("cut-in-stream.tgz", packed.len() / 2),
        cut("cut-in-checksum.tgz", packed.len() - 6),
        cut("cut-in-length.tgz", packed.len() - 1),
        changed("wrong-checksum.tgz", 8, invalid),
        changed("wrong-length.tgz", 4, invalid),
        refused(
            "endless-file-name.tgz",
            [&[0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 0][..], &[b'x'; 3_000]].concat(),
            "truncated: the gzip stream ends too early",
        ),
        reads(
            "members.tgz",
            [gzip(&tar[..700]), gzip(&[]), gzip(&tar[700..])].concat(),
            &["x"],
            &[],
        ),
        reads(
            "many-empty-members.tgz",
            [gzip(&[]).repeat(20_000), packed.clone()].concat(),
            &["x"],
            &[],
        ),
        reads(
            "trailing.tgz",
            [&packed[..], b"trailing"].concat(),
            &["x"],
            &["8 bytes behind the compressed stream are not installed"],
        ),
        refused(
            "second-member-cut.tgz",
            [&packed[..], &packed[..packed.len() - 9]].concat(),
            "truncated: the gzip stream ends too early",
        ),
        bomb(
            "bomb.tgz",
            gzip(
                &Tar::package()
                    .file("package/zeros", &vec![0; 40 << 20])
                    .end(),
            ),
            33 << 20,
        ),
    ]
}
