//! The file of the keys of social security numbers: read strictly, rotated without losing a key, replaced whole or not at all.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};

use tempfile::TempDir;

use super::*;

/// A directory that holds such a file.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    files::write_new(folder.path(), FILE, &NirKeys::generate().unwrap().text()).unwrap();
    folder
}

fn text(folder: &TempDir) -> String {
    fs::read_to_string(folder.path().join(FILE)).unwrap()
}

fn ids(folder: &TempDir) -> Vec<KeyId> {
    NirKeys::load(folder.path()).unwrap().0.sealing().map(|key| key.id).collect()
}

fn rotate(folder: &TempDir) -> KeyId {
    HeldFile::hold(folder.path()).unwrap().rotate().unwrap()
}

#[test]
fn a_rotation_puts_a_new_key_first_and_keeps_everything_else() {
    let folder = folder();
    let (before, [first]) = (text(&folder), ids(&folder)[..].try_into().unwrap());
    let second = rotate(&folder);
    let third = rotate(&folder);
    assert_eq!(ids(&folder), [third, second, first]);
    let lines: Vec<String> = before.lines().map(str::to_owned).collect();
    let after: Vec<String> = text(&folder).lines().map(str::to_owned).collect();
    assert_eq!((&after[0], &after[3], after.len()), (&lines[0], &lines[1], 4), "the index key stays first, the oldest key last");
}

#[test]
fn a_key_is_taken_out_unless_it_seals() {
    let folder = folder();
    let [first] = ids(&folder)[..].try_into().unwrap();
    let (second, third) = (rotate(&folder), rotate(&folder));
    let mut file = HeldFile::hold(folder.path()).unwrap();
    assert_eq!(file.older().collect::<Vec<_>>(), [second, first]);
    file.take_out(&[first, third]).unwrap();
    assert_eq!(ids(&folder), [third, second]);
}

#[test]
fn a_replaced_file_keeps_its_mode_and_owner() {
    let folder = folder();
    let path = folder.path().join(FILE);
    for kept in [0o600, 0o400] {
        fs::set_permissions(&path, Permissions::from_mode(kept)).unwrap();
        // Only root can give a file to somebody else.
        let owner = if fs::metadata(&path).unwrap().uid() == 0 {
            std::os::unix::fs::chown(&path, Some(10_001), Some(10_001)).unwrap();
            (10_001, 10_001)
        } else {
            let file = fs::metadata(&path).unwrap();
            (file.uid(), file.gid())
        };
        rotate(&folder);
        let file = fs::metadata(&path).unwrap();
        assert_eq!((file.mode() & 0o777, (file.uid(), file.gid())), (kept, owner));
        std::os::unix::fs::chown(&path, Some(fs::metadata(folder.path()).unwrap().uid()), None).unwrap();
    }
}

#[test]
fn an_interrupted_rotation_leaves_the_file_as_it_was_and_the_next_one_goes_through() {
    let folder = folder();
    let before = text(&folder);
    // Killed in the middle of the draft, before it took the file's place.
    fs::write(folder.path().join(format!(".{FILE}.draft")), "index 0011").unwrap();
    assert_eq!((text(&folder), ids(&folder).len()), (before, 1));
    rotate(&folder);
    assert_eq!(ids(&folder).len(), 2);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no draft is left");
}

#[test]
fn a_rotation_that_cannot_be_written_changes_nothing() {
    let folder = folder();
    let before = text(&folder);
    // A draft that cannot be removed, even by root.
    let draft = folder.path().join(format!(".{FILE}.draft"));
    fs::create_dir(&draft).unwrap();
    fs::write(draft.join("something"), "").unwrap();
    let mut file = HeldFile::hold(folder.path()).unwrap();
    assert!(matches!(file.rotate(), Err(KeysError::Io(path, _)) if path.ends_with(FILE)));
    assert_eq!(text(&folder), before);
    assert_eq!(file.older().count(), 0, "nor in memory");
}

#[test]
fn rotations_at_the_same_moment_lose_no_key() {
    let folder = folder();
    let [first] = ids(&folder)[..].try_into().unwrap();
    let mut made = std::thread::scope(|scope| {
        let rotations: Vec<_> = (0..8).map(|_| scope.spawn(|| rotate(&folder))).collect();
        rotations.into_iter().map(|rotation| rotation.join().unwrap()).collect::<Vec<_>>()
    });
    made.push(first);
    let kept = ids(&folder);
    assert!(kept.len() == 9 && made.iter().all(|id| kept.contains(id)));
}

#[test]
fn a_file_takes_no_more_keys_than_it_may_and_says_what_to_do() {
    let folder = folder();
    for _ in 1..MOST {
        rotate(&folder);
    }
    assert_eq!(ids(&folder).len(), MOST);
    let refused = HeldFile::hold(folder.path()).unwrap().rotate().unwrap_err();
    assert!(refused.to_string().contains("--drop-old"), "{refused}");
    assert_eq!(ids(&folder).len(), MOST);
}

#[test]
fn a_file_that_is_not_exactly_what_it_should_be_is_refused_without_repeating_it() {
    let (one, other) = (NirKeys::generate().unwrap(), NirKeys::generate().unwrap());
    let (index, sealing) = (one.index.line(INDEX), one.first.line(SEALING));
    let digits = hex(&one.first.bytes);
    let wrong_digit = if digits.starts_with('0') { "1" } else { "0" };
    let malformed = [
        ("empty", String::new()),
        ("no sealing key", index.clone()),
        ("no index key", sealing.clone()),
        ("the wrong way round", format!("{sealing}{index}")),
        ("cut", format!("{index}{}", &sealing[..sealing.len() - 2])),
        ("cut at the end of a line", format!("{index}{}", sealing.trim_end())),
        ("an empty line", format!("{index}{sealing}\n")),
        ("another line", format!("{index}{sealing}# a remark\n")),
        ("a line's end from elsewhere", format!("{index}{sealing}").replace('\n', "\r\n")),
        ("a key twice", format!("{index}{sealing}{sealing}")),
        ("the index key that seals", format!("{index}{}", one.index.line(SEALING))),
        ("two index keys", format!("{index}{}{sealing}", other.index.line(INDEX))),
        ("another key's id", format!("{index}{SEALING} {} {digits}\n", other.first.id)),
        ("a digit changed", format!("{index}{SEALING} {} {wrong_digit}{}\n", one.first.id, &digits[1..])),
        ("no digits", format!("{index}{SEALING} {} {}\n", one.first.id, "x".repeat(64))),
        ("too many", (0..=MOST).fold(index.clone(), |text, _| text + &NirKey::generate().unwrap().line(SEALING))),
    ];
    for (what, text) in malformed {
        let folder = tempfile::tempdir().unwrap();
        files::write_new(folder.path(), FILE, &text).unwrap();
        let refused = NirKeys::load(folder.path()).map(|_| ()).unwrap_err();
        assert!(matches!(&refused, KeysError::Malformed(path) if path.ends_with(FILE)), "{what}: {refused}");
        assert!(!refused.to_string().contains(&digits[1..]), "{what}");
        assert!(matches!(HeldFile::hold(folder.path()), Err(KeysError::Malformed(_))), "{what}: nothing replaces it");
    }
    // The control.
    assert!(NirKeys::read(&format!("{index}{sealing}{}", other.first.line(SEALING))).is_some());
}

#[test]
fn a_file_that_is_not_there_or_open_to_others_is_not_rotated() {
    let folder = folder();
    fs::set_permissions(folder.path().join(FILE), Permissions::from_mode(0o640)).unwrap();
    assert!(matches!(HeldFile::hold(folder.path()), Err(KeysError::Exposed(_, 0o640))));
    fs::remove_file(folder.path().join(FILE)).unwrap();
    assert!(matches!(HeldFile::hold(folder.path()), Err(KeysError::Missing(_))));
    assert!(matches!(HeldFile::hold(&folder.path().join("nowhere")), Err(KeysError::Missing(_))));
}
