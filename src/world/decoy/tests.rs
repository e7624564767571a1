use super::*;
use crate::world::fs::Who;
use crate::world::machine;

fn planted(seeds: &Seeds) -> (Fs, BTreeMap<String, String>, Vec<Decoy>) {
    let persona = Persona::default();
    let mut fs = Fs::on(machine::base(&persona));
    let (variables, decoys) = plant(&mut fs, &persona, seeds, &["registry.test".to_owned()]);
    (fs, variables, decoys)
}

fn text(fs: &Fs, path: &str) -> String {
    let node = fs
        .lookup(Who::ROOT, path, true)
        .and_then(|ino| fs.node(ino));
    match node.map(|node| &node.content) {
        Ok(crate::world::fs::Content::File(data)) => {
            String::from_utf8_lossy(data.bytes()).into_owned()
        }
        _ => String::new(),
    }
}

#[test]
fn every_section_is_well_formed_and_every_value_has_a_source() {
    let persona = Persona::default();
    let drawn = draw(&persona, &Seeds::of(1), &[]);
    for source in LINUX {
        let headers = source
            .lines()
            .filter(|line| line.starts_with("=== "))
            .count();
        let sections = tree::sections(source, &drawn.values, &Owner::new(&persona), persona.start);
        assert_eq!(
            sections.len(),
            headers,
            "{}",
            source.lines().next().unwrap_or("")
        );
        for Entry { path, body, .. } in sections.into_iter().map(|section| section.entry) {
            let machine::Body::File(bytes) = body else {
                continue;
            };
            assert!(
                !String::from_utf8_lossy(&bytes).contains("{{") && !path.contains("{{"),
                "{path}"
            );
        }
    }
}

#[test]
fn every_decoy_has_a_place_and_stands_there() {
    let (fs, variables, decoys) = planted(&Seeds::of(1));
    for decoy in &decoys {
        assert!(decoy.secret.len() >= 20, "{} is short", decoy.name);
        assert!(
            !decoy.files.is_empty() || !decoy.variables.is_empty(),
            "{} is nowhere",
            decoy.name
        );
        for name in &decoy.variables {
            assert_eq!(variables.get(name), Some(&decoy.secret));
        }
        // A token that stands there in another form only is found by decoding it.
        let plain = decoy
            .files
            .iter()
            .filter(|path| text(&fs, path).contains(&decoy.secret));
        assert!(
            plain.count() > 0 || decoy.files.is_empty() || decoy.name == "docker-token",
            "{}",
            decoy.name
        );
    }
}

#[test]
fn secrets_are_unique_to_the_seed_and_of_equal_length() {
    let (_, _, one) = planted(&Seeds::of(1));
    let (_, _, again) = planted(&Seeds::of(1));
    let (_, _, two) = planted(&Seeds::of(2));
    assert_eq!(one, again);
    let mut seen = BTreeSet::new();
    for (a, b) in one.iter().zip(&two) {
        assert_ne!(a.secret, b.secret, "{}", a.name);
        assert_eq!(a.secret.len(), b.secret.len(), "{}", a.name);
        assert!(
            seen.insert(&a.secret) && seen.insert(&b.secret),
            "{} is not unique",
            a.name
        );
    }
}

#[test]
fn a_varied_group_changes_its_own_bytes_only() {
    let seeds = Seeds {
        run: 1,
        groups: BTreeMap::from([("ssh".to_owned(), 9)]),
    };
    let (fs, _, decoys) = planted(&Seeds::of(1));
    let (other_fs, _, others) = planted(&seeds);
    let mut files = BTreeSet::new();
    for (a, b) in decoys.iter().zip(&others) {
        assert_eq!(a.secret != b.secret, a.group == "ssh", "{}", a.name);
        files.extend(a.files.iter().map(|path| (path, a.group == "ssh")));
    }
    for (path, varied) in files {
        let (before, after) = (text(&fs, path), text(&other_fs, path));
        assert_eq!(before != after, varied, "{path}");
        assert_eq!(before.len(), after.len(), "{path}");
    }
}

#[test]
fn files_of_the_machine_stay_where_they_are() {
    let (fs, _, _) = planted(&Seeds::of(1));
    let home = fs
        .lookup(Who::ROOT, "/home/mwerner", true)
        .and_then(|ino| fs.stat(ino));
    assert_eq!(
        home.map(|stat| (stat.uid, stat.mode & 0o777)),
        Ok((1000, 0o750))
    );
    assert!(text(&fs, "/home/mwerner/.npmrc").contains("//registry.test/:_authToken=npm_"));
    assert!(text(&fs, "/home/mwerner/.ssh/config").contains("IdentityFile"));
}
