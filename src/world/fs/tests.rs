use super::*;
use bytes::Bytes;

const USER: Who = Who {
    uid: 1000,
    gid: 1000,
};

fn spot(fs: &Fs, path: &str, follow: bool) -> Spot {
    match fs.walk(USER, path, follow).unwrap() {
        Place::Spot(spot) => spot,
        Place::Process(rest) => panic!("{path} leads to the process {rest}"),
    }
}

fn home() -> Fs {
    let mut fs = Fs::default();
    fs.plant_dir("/home/u", 0o755)
        .plant_owner("/home/u", USER)
        .plant_file("/home/u/a", "planted", 0o644)
        .plant_file("/etc/shadow", "secret", 0o600);
    fs
}

#[test]
fn a_fork_shares_contents_and_keeps_its_changes_to_itself() {
    let base = home().freeze();
    let (mut one, two) = (Fs::on(Arc::clone(&base)), Fs::on(base));
    let ino = one.lookup(USER, "/home/u/a", true).unwrap();
    one.write_at(ino, 0, b"P", 5).unwrap();
    assert_eq!(one.contents(ino).unwrap(), "Planted");
    assert_eq!(two.contents(ino).unwrap(), "planted");
    assert_eq!((one.used().0, two.used().0), (7, 0));
}

#[test]
fn links_are_followed_and_loops_end() {
    let mut fs = home();
    fs.plant_link("/home/u/link", "../u/./a")
        .plant_link("/home/u/x", "y")
        .plant_link("/home/u/y", "x");
    assert_eq!(spot(&fs, "/home/u/link", true).path, "/home/u/a");
    assert_eq!(spot(&fs, "/home/u/link", false).path, "/home/u/link");
    assert_eq!(fs.walk(USER, "/home/u/x", true), Err(Errno::LOOP));
    assert_eq!(fs.walk(USER, "/home/u/a/", true), Err(Errno::NOTDIR));
    assert_eq!(fs.walk(USER, "/home/u/a/..", true), Err(Errno::NOTDIR));
    assert_eq!(fs.walk(USER, "/none/..", true), Err(Errno::NOENT));
    assert_eq!(spot(&fs, "/../home//u/.", true).path, "/home/u");
    assert_eq!(
        fs.walk(USER, &format!("/{}", "n".repeat(256)), true),
        Err(Errno::NAMETOOLONG)
    );
    assert_eq!(
        fs.walk(USER, "/proc/self/fd/1", true),
        Ok(Place::Process("self/fd/1".into()))
    );
}

#[test]
fn what_belongs_to_others_is_refused() {
    let mut fs = home();
    let file = Content::File(Data::Own(Vec::new()));
    let in_etc = spot(&fs, "/etc/new", true);
    assert_eq!(
        fs.create(USER, &in_etc, file.clone(), 0o644, 0),
        Err(Errno::ACCES)
    );
    let shadow = fs.lookup(USER, "/etc/shadow", true).unwrap();
    assert!(!fs.node(shadow).unwrap().allows(USER, 4));
    fs.plant_file("/tmp/theirs", "x", 0o644);
    let theirs = spot(&fs, "/tmp/theirs", true);
    assert_eq!(fs.remove(USER, &theirs, false, 0), Err(Errno::PERM));
    let ours = spot(&fs, "/tmp/ours", true);
    fs.create(USER, &ours, file, 0o644, 0).unwrap();
    let ours = spot(&fs, "/tmp/ours", true);
    assert_eq!(fs.remove(USER, &ours, false, 0), Ok(()));
}

#[test]
fn a_sparse_terabyte_and_a_full_disk_are_refused_and_told() {
    let mut fs = home();
    fs.quota.bytes = 10;
    let ino = fs.lookup(USER, "/home/u/a", true).unwrap();
    assert_eq!(fs.write_at(ino, 1 << 40, b"x", 0), Err(Errno::FBIG));
    assert_eq!(fs.take_exceeded(), Some(Exceeded::FileSize));
    assert_eq!(fs.set_size(ino, u64::MAX, 0), Err(Errno::FBIG));
    assert_eq!(fs.write_at(ino, 7, b"1234", 0), Err(Errno::NOSPC));
    assert_eq!(fs.take_exceeded(), Some(Exceeded::FileBytes));
    assert_eq!(fs.contents(ino).unwrap(), "planted");
    assert_eq!(fs.write_at(ino, 7, b"123", 0), Ok(()));
    fs.set_size(ino, 2, 0).unwrap();
    assert_eq!(fs.used().0, 2);
}

#[test]
fn an_unlinked_file_lives_while_it_is_open() {
    let mut fs = home();
    let place = spot(&fs, "/home/u/f", true);
    let ino = fs
        .create(USER, &place, Content::File(Data::Own(Vec::new())), 0o600, 0)
        .unwrap();
    fs.hold(ino);
    fs.write_at(ino, 0, b"abc", 0).unwrap();
    let place = spot(&fs, "/home/u/f", true);
    fs.remove(USER, &place, false, 0).unwrap();
    assert_eq!(fs.contents(ino).unwrap(), "abc");
    fs.release(ino);
    assert_eq!(fs.contents(ino), Err(Errno::NOENT));
    assert_eq!(fs.used(), (0, 0));
}

#[test]
fn a_directory_does_not_move_into_itself_and_counts_its_links() {
    let mut fs = home();
    for path in ["/home/u/d", "/home/u/d/e"] {
        let place = spot(&fs, path, true);
        fs.create(USER, &place, Content::Directory(BTreeMap::new()), 0o755, 0)
            .unwrap();
    }
    let (from, to) = (
        spot(&fs, "/home/u/d", true),
        spot(&fs, "/home/u/d/e/f", true),
    );
    assert_eq!(fs.rename(USER, &from, &to, 0), Err(Errno::INVAL));
    let links = |fs: &Fs, path| {
        let ino = fs.lookup(USER, path, true).unwrap();
        fs.stat(ino).unwrap().nlink
    };
    assert_eq!(links(&fs, "/home/u/d"), 3);
    let (from, to) = (spot(&fs, "/home/u/d/e", true), spot(&fs, "/home/u/g", true));
    fs.rename(USER, &from, &to, 0).unwrap();
    assert_eq!((links(&fs, "/home/u/d"), links(&fs, "/home/u")), (2, 4));
    assert_eq!(spot(&fs, "/home/u/g/..", true).path, "/home/u");
}

/// A model with nothing but a map from path to contents, and 3,000 seeded steps on both.
#[test]
fn random_steps_agree_with_a_plain_map() {
    let mut fs = home();
    let mut model: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let mut random = crate::world::Random::new(7, "fs");
    for _ in 0..3_000 {
        let mut pick = |below: u64| random.next_u64() % below;
        let name = format!("/tmp/{}", pick(8));
        let place = spot(&fs, &name, true);
        match pick(4) {
            0 => {
                let made = fs.create(USER, &place, Content::File(Data::Own(vec![])), 0o644, 0);
                assert_eq!(made.is_ok(), !model.contains_key(&name));
                model.entry(name).or_default();
            }
            1 => {
                let gone = fs.remove(USER, &place, false, 0);
                assert_eq!(gone.is_ok(), model.remove(&name).is_some());
            }
            2 => {
                let (offset, byte) = (pick(20), [u8::try_from(pick(200)).unwrap()]);
                if let (Some(ino), Some(bytes)) = (place.ino, model.get_mut(&name)) {
                    fs.write_at(ino, offset, &byte, 0).unwrap();
                    let at = usize::try_from(offset).unwrap();
                    bytes.resize(bytes.len().max(at + 1), 0);
                    bytes[at] = byte[0];
                }
            }
            _ => {
                let to = format!("/tmp/{}", pick(8));
                let moved = fs.rename(USER, &place, &spot(&fs, &to, true), 0);
                assert_eq!(moved.is_ok(), model.contains_key(&name));
                if let Some(bytes) = model.remove(&name) {
                    model.insert(to, bytes);
                }
            }
        }
    }
    let total: usize = model.values().map(Vec::len).sum();
    assert_eq!(
        fs.used(),
        (total as u64, u32::try_from(model.len()).unwrap())
    );
    for (name, bytes) in model {
        let ino = spot(&fs, &name, true).ino.unwrap();
        assert_eq!(fs.contents(ino).unwrap(), Bytes::from(bytes));
    }
}

#[test]
fn a_link_that_finds_no_room_costs_nothing() {
    let mut fs = home();
    fs.quota.files = 0;
    let place = spot(&fs, "/home/u/l", true);
    let made = fs.create(USER, &place, Content::Link("target".into()), 0o777, 0);
    assert_eq!(made, Err(Errno::NOSPC));
    assert_eq!(fs.used(), (0, 0));
}
