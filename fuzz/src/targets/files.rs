//! Files of the world against a model: the same operations, the same answers, the same tree.

mod descriptors;

use super::input::{Input, Seed};
use super::model::{Id, Kind, Model, Spot};
use super::sound;
use lazaret::world::fs::{Content, Fs, Ino, Type, Who};
use lazaret::world::{Caller, Errno, OpenFlags, Process, World};
use std::collections::BTreeMap;

/// Most operations of one input.
const MOST: usize = 250;

/// Descriptors that the process may have: few, so that it runs out of them.
const DESCRIPTORS: u32 = 6;

/// A description in the model.
struct Open {
    node: Id,
    offset: u64,
    flags: OpenFlags,
}

/// Both sides.
struct Pair {
    world: World,
    caller: Caller,
    model: Model,
    /// Descriptors by number, and descriptions, which several descriptors may share.
    descriptors: BTreeMap<u32, usize>,
    open: Vec<Open>,
}

/// Runs a sequence of operations on both sides.
pub(crate) fn run(data: &[u8]) {
    let mut pair = Pair::new();
    let mut input = Input::new(data);
    for _ in 0..MOST {
        if input.is_empty() {
            break;
        }
        pair.operation(&mut input);
        assert_eq!(
            pair.world.fs.used(),
            pair.model.used(),
            "bytes and names are charged wrongly"
        );
    }
    for fd in pair.descriptors.keys() {
        pair.world.close(&pair.caller, *fd).expect("it is open");
    }
    pair.descriptors.clear();
    pair.let_go();
    assert_eq!(
        pair.world.fs.used(),
        pair.model.used(),
        "what was open is still charged"
    );
    sound::check_tree(&pair.world.fs);
    let work = pair
        .world
        .fs
        .lookup(Who::ROOT, "/w", false)
        .expect("it stays");
    let Ok(Spot::Taken(_, _, model)) = pair.model.resolve("/w", false) else {
        panic!("the model lost its directory");
    };
    pair.compare(work, model);
}

impl Pair {
    fn new() -> Pair {
        let mut world = World::default();
        world.limits.open_files = DESCRIPTORS;
        let owner = Who {
            uid: world.persona.uid,
            gid: world.persona.gid,
        };
        let mut fs = Fs::default();
        fs.plant_dir("/w", 0o755).plant_owner("/w", owner);
        world.fs = Fs::on(fs.freeze());
        let process = Process {
            cwd: "/w".into(),
            ..Process::default()
        };
        let pid = world.processes.add(process, 1).expect("room for one");
        Pair {
            world,
            caller: Caller::process(pid),
            model: Model::new(),
            descriptors: BTreeMap::new(),
            open: Vec::new(),
        }
    }

    fn operation(&mut self, input: &mut Input<'_>) {
        match input.below(22) {
            0 => self.make(input),
            1 | 2 => self.remove(input),
            3 | 4 => self.rename(input),
            5 => self.symlink(input),
            6 => self.link(input),
            7..=9 => self.open(input),
            10 => self.close(input),
            11 => self.read(input),
            12 | 13 => self.write(input),
            14 => self.seek(input),
            15 => self.cut(input),
            16 => self.duplicate(input),
            17 | 18 => self.stat(input),
            19 => self.list(input),
            20 => self.chdir(input),
            _ => self.whole(input),
        }
    }

    fn make(&mut self, input: &mut Input<'_>) {
        let path = path(input);
        let real = self.world.mkdir(&self.caller, &path, 0o777);
        let spot = self.model.named(&path);
        let model =
            spot.and_then(|(spot, _)| self.model.create(&spot, Kind::Directory(BTreeMap::new())));
        agree(&["mkdir", &path], real, model.map(drop));
    }

    fn remove(&mut self, input: &mut Input<'_>) {
        let (path, directory) = (path(input), input.flag());
        let real = if directory {
            self.world.rmdir(&self.caller, &path)
        } else {
            self.world.unlink(&self.caller, &path)
        };
        let model = self.model.remove(&path, directory);
        agree(&["remove", &path], real, model);
    }

    fn rename(&mut self, input: &mut Input<'_>) {
        let (from, to) = (path(input), path(input));
        let real = self.world.rename(&self.caller, &from, &to);
        let model = self.model.rename(&from, &to);
        agree(&["rename", &from, &to], real, model);
    }

    fn symlink(&mut self, input: &mut Input<'_>) {
        let (target, path) = (path(input), path(input));
        let real = self.world.symlink(&self.caller, &target, &path);
        let model = if target.is_empty() {
            Err(Errno::NOENT)
        } else {
            self.model.named(&path)
        }
        .and_then(|(spot, _)| self.model.create(&spot, Kind::Link(target.clone())));
        agree(&["symlink", &target, &path], real, model.map(drop));
    }

    fn link(&mut self, input: &mut Input<'_>) {
        let (from, to) = (path(input), path(input));
        let real = self.world.link(&self.caller, &from, &to);
        let model = self.model.link(&from, &to);
        agree(&["link", &from, &to], real, model);
    }

    fn stat(&mut self, input: &mut Input<'_>) {
        let (path, follow) = (path(input), input.flag());
        let real = self.world.stat(&self.caller, &path, follow);
        let real = real.map(|stat| {
            let size = if stat.kind == Type::Directory {
                0
            } else {
                stat.size
            };
            let names = if stat.kind == Type::Directory {
                1
            } else {
                stat.nlink
            };
            (stat.kind, size, names)
        });
        let spot = self.model.resolve(&path, follow);
        let model = spot.and_then(|spot| spot.id()).map(|id| {
            let node = &self.model.nodes[id];
            match &node.kind {
                Kind::Directory(_) => (Type::Directory, 0, 1),
                Kind::File(bytes) => (Type::File, bytes.len() as u64, node.names),
                Kind::Link(target) => (Type::Link, target.len() as u64, node.names),
            }
        });
        agree(&["stat", &path], real, model);
    }

    fn list(&mut self, input: &mut Input<'_>) {
        let path = path(input);
        let real = self
            .world
            .list(&self.caller, &path)
            .map(|list| list.into_iter().map(|(name, _)| name).collect::<Vec<_>>());
        let id = self.model.resolve(&path, true).and_then(|spot| spot.id());
        let model = id.and_then(|id| match &self.model.nodes[id].kind {
            Kind::Directory(names) => Ok(names.keys().cloned().collect::<Vec<_>>()),
            _ => Err(Errno::NOTDIR),
        });
        if id != Ok(super::model::TOP) {
            agree(&["list", &path], real, model);
        }
        let path = self::path(input);
        let real = self.world.readlink(&self.caller, &path);
        let id = self.model.resolve(&path, false).and_then(|spot| spot.id());
        let model = id.and_then(|id| match &self.model.nodes[id].kind {
            Kind::Link(target) => Ok(target.clone()),
            _ => Err(Errno::INVAL),
        });
        agree(&["readlink", &path], real, model);
    }

    fn chdir(&mut self, input: &mut Input<'_>) {
        let path = path(input);
        let real = self.world.chdir(&self.caller, &path);
        let id = self.model.resolve(&path, true).and_then(|spot| spot.id());
        let model = id.and_then(|id| {
            if !self.model.is_directory(id) {
                return Err(Errno::NOTDIR);
            }
            self.model.cwd = self.model.path_of(id);
            Ok(())
        });
        agree(&["chdir", &path], real, model);
    }

    /// A whole file at once; the model does it in steps.
    fn whole(&mut self, input: &mut Input<'_>) {
        let path = path(input);
        let bytes = input.bytes().to_vec();
        let real = self.world.write_file(&self.caller, &path, &bytes, 0o644);
        let model = self.open_model(&path, OpenFlags::REPLACE).map(|fd| {
            let index = self.descriptors.remove(&fd).expect("just opened");
            if let Kind::File(content) = &mut self.model.nodes[self.open[index].node].kind {
                content.clone_from(&bytes);
            }
        });
        self.let_go();
        agree(&["write_file", &path], real, model);
    }

    /// Compares two trees.
    fn compare(&self, ino: Ino, id: Id) {
        let node = self.world.fs.node(ino).expect("it is there");
        match (&node.content, &self.model.nodes[id].kind) {
            (Content::Directory(real), Kind::Directory(model)) => {
                assert!(
                    real.keys().eq(model.keys()),
                    "other names: {real:?}, {model:?}"
                );
                for (real, model) in real.values().zip(model.values()) {
                    self.compare(*real, *model);
                }
            }
            (Content::File(data), Kind::File(bytes)) => assert_eq!(data.bytes(), bytes.as_slice()),
            (Content::Link(target), Kind::Link(other)) => assert_eq!(target, other),
            (real, model) => panic!("{real:?} should be {model:?}"),
        }
    }
}

/// Both sides answer alike. Which error it is does not matter where Linux itself differs between file systems and versions: for
/// paths with a slash at the end and for those that mean the root.
fn agree<T: PartialEq + std::fmt::Debug>(
    what: &[&str],
    real: Result<T, Errno>,
    model: Result<T, Errno>,
) {
    let lenient = what.iter().any(|path| path.ends_with('/'))
        || matches!(model, Err(Errno::ACCES))
        || matches!(real, Err(Errno::ACCES));
    if !(lenient && real.is_err() && model.is_err()) {
        assert_eq!(
            real, model,
            "{what:?}: the world on the left, the model on the right"
        );
    }
}

/// A path of a few short parts.
fn path(input: &mut Input<'_>) -> String {
    const PARTS: [&str; 12] = ["a", "b", "c", "a", "b", "c", "d", "d", "..", ".", "w", ""];
    let shape = input.byte();
    let mut path = if shape & 8 != 0 {
        "/w/".to_owned()
    } else {
        String::new()
    };
    for index in 0..1 + (shape & 3) {
        if index > 0 {
            path.push('/');
        }
        path.push_str(input.pick(&PARTS));
    }
    if shape & 0xf0 == 0xf0 {
        path.push('/');
    }
    path
}

/// Sequences in which most operations succeed.
pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let at = |seed: Seed, parts: &[u8]| {
        let shape = u8::try_from(parts.len() - 1).unwrap_or(0);
        parts
            .iter()
            .fold(seed.byte(shape), |seed, part| seed.byte(*part))
    };
    let start = || at(at(Seed::default().byte(0), &[0]).byte(0), &[0, 1]);
    let open = |seed: Seed, parts: &[u8]| at(seed.byte(7), parts).byte(2 | 4);
    let files = open(start(), &[0, 1, 2])
        .all(&[12, 0])
        .text("hello")
        .byte(0);
    let files = files.all(&[14, 0, 101, 0, 11, 0, 9, 0, 15, 0, 3]);
    let files = files
        .all(&[16, 0, 0, 10, 0, 12, 1])
        .text("more")
        .all(&[1, 7]);
    let names = at(at(start().byte(3), &[0, 1]), &[1]);
    let names = at(at(names.byte(5), &[1]), &[2]);
    let names = at(at(open(names, &[2, 0]).byte(6), &[1, 0]), &[3]);
    let names = at(names.byte(17), &[2, 0]).byte(1);
    let names = at(at(at(names.byte(20), &[2]).byte(19), &[9]), &[8, 2]);
    let gone = at(at(open(start(), &[2]).byte(1), &[2]).all(&[0, 21]), &[2]).text("again");
    let gone = at(at(gone.byte(1), &[0, 1]).all(&[1, 1]), &[0]).byte(1);
    let full = (0..8).fold(start(), |seed, _| open(seed, &[2]));
    vec![
        start().done(),
        files.done(),
        names.done(),
        gone.done(),
        full.done(),
    ]
}
