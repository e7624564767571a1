use super::*;
use std::collections::BTreeSet;

fn text_of<'a>(entries: &'a [Entry], path: &str) -> &'a str {
    let entry = entries.iter().find(|entry| entry.path == path);
    match entry.map(|entry| &entry.body) {
        Some(Body::File(bytes)) => std::str::from_utf8(bytes).unwrap_or_default(),
        _ => "",
    }
}

#[test]
fn every_section_of_every_tree_is_well_formed() {
    let persona = Persona::default();
    let (owner, values) = (Owner::new(&persona), values(&persona));
    for text in LINUX {
        let headers = text.lines().filter(|line| line.starts_with("=== ")).count();
        assert_eq!(
            tree::sections(text, &values, &owner, persona.start).len(),
            headers,
            "{}",
            text.lines().next().unwrap_or("")
        );
    }
}

#[test]
fn no_value_of_a_text_is_left_open() {
    for entry in entries(&Persona::default()) {
        assert!(!entry.path.contains("{{"), "{}", entry.path);
        if let Body::File(bytes) = &entry.body {
            let text = String::from_utf8_lossy(bytes);
            // `${{` is an expression of a workflow.
            let open = text.replace("${{", "");
            assert!(!open.contains("{{"), "{}", entry.path);
        }
    }
}

#[test]
fn parents_come_first_and_paths_are_unique() {
    let entries = entries(&Persona::default());
    let mut seen = BTreeSet::from([String::new()]);
    for entry in &entries {
        let parent = entry.path.rsplit_once('/').map_or("", |(parent, _)| parent);
        assert!(seen.contains(parent), "{} before its directory", entry.path);
        assert!(seen.insert(entry.path.clone()), "{} twice", entry.path);
        assert!(
            entry.time <= Persona::default().start,
            "{} is from the future",
            entry.path
        );
    }
}

#[test]
fn the_doors_agree() {
    let persona = Persona::default();
    let entries = entries(&persona);
    let cpuinfo = text_of(&entries, "/proc/cpuinfo");
    assert_eq!(cpuinfo.matches("processor\t:").count(), 8);
    assert!(cpuinfo.contains(&persona.cpu_model));
    assert_eq!(text_of(&entries, "/etc/hostname").trim(), persona.hostname);
    assert!(text_of(&entries, "/proc/meminfo").contains(&(persona.memory / 1024).to_string()));
    assert!(text_of(&entries, "/proc/uptime").starts_with(&persona.uptime.to_string()));
    assert!(
        text_of(&entries, "/etc/passwd")
            .contains("mwerner:x:1000:1000:M. Werner,,,:/home/mwerner:/bin/bash")
    );
}

#[test]
fn nothing_tells_of_a_container_or_a_virtual_machine() {
    for entry in entries(&Persona::default()) {
        assert!(entry.path != "/.dockerenv" && entry.path != "/run/.containerenv");
        if let Body::File(bytes) = &entry.body {
            let text = String::from_utf8_lossy(bytes).to_lowercase();
            for word in [
                "qemu",
                "kvm",
                "vmware",
                "virtualbox",
                "hypervisor",
                "lazaret",
                "sandbox",
            ] {
                assert!(!text.contains(word), "{} says {word}", entry.path);
            }
        }
    }
}

#[test]
fn programs_know_themselves_wherever_they_are_copied_to() {
    let entries = entries(&Persona::default());
    let bytes = |path: &str| {
        entries.iter().find_map(|entry| match &entry.body {
            Body::File(bytes) if entry.path == path => Some(bytes.clone()),
            _ => None,
        })
    };
    assert_eq!(
        program_of(&bytes("/usr/bin/curl").unwrap_or_default()),
        Some("curl")
    );
    assert_eq!(program_of(&bytes("/etc/passwd").unwrap_or_default()), None);
    assert_eq!(program_of(b"\x7fELF"), None);
}

#[test]
fn the_base_holds_every_entry_with_its_owner_and_time() {
    let persona = Persona::default();
    let fs = Fs::on(base(&persona));
    for entry in entries(&persona) {
        let ino = fs
            .lookup(Who::ROOT, &entry.path, false)
            .unwrap_or_else(|errno| panic!("{}: {errno:?}", entry.path));
        let stat = fs
            .stat(ino)
            .unwrap_or_else(|errno| panic!("{}: {errno:?}", entry.path));
        assert_eq!(
            (stat.uid, stat.mode & 0o7777),
            (entry.uid, entry.mode),
            "{}",
            entry.path
        );
        if entry.body != Body::Directory {
            assert_eq!(stat.mtime, entry.time, "{}", entry.path);
        }
    }
}
