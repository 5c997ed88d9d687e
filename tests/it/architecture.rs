//! The allowed directions between modules, read from the source itself.

mod tokens;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use self::tokens::{Token, tokens};

/// What each module may use besides itself.
const ALLOWED: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("text", &[]),
    ("sla", &["domain"]),
    ("nlu", &["domain"]),
    ("outreach", &["domain"]),
    ("workforce", &["domain", "sla", "routing"]),
    ("routing", &["domain", "sla"]),
    ("knowledge", &["domain", "nlu"]),
    ("dialogue", &["domain", "nlu", "knowledge"]),
    ("store", &["domain"]),
    ("queue", &["domain", "routing"]),
    ("channel", &["domain", "text"]),
    ("events", &["domain"]),
    (
        "service",
        &[
            "domain",
            "text",
            "sla",
            "nlu",
            "knowledge",
            "dialogue",
            "routing",
            "outreach",
            "workforce",
            "store",
            "queue",
            "channel",
            "events",
        ],
    ),
    ("web", &["domain", "text", "service", "events"]),
    ("config", &[]),
    ("lifecycle", &[]),
    ("telemetry", &["config"]),
];
/// What may use everything.
const ROOTS: [&str; 4] = ["app", "cli", "lib", "main"];
/// The functional core: values in, values out.
const PURE: [&str; 9] =
    ["domain", "text", "sla", "nlu", "outreach", "workforce", "routing", "knowledge", "dialogue"];
/// Names that have no place in the core, and paths that read a clock, chance or the outside.
const IMPURE: [&str; 19] = [
    "tokio",
    "sqlx",
    "reqwest",
    "redis",
    "axum",
    "teloxide",
    "getrandom",
    "rand",
    "async",
    "SystemTime",
    "Instant::now",
    "Timestamp::now",
    "Zoned::now",
    "Uuid::now_v7",
    "Uuid::new_v4",
    "std::net",
    "std::env",
    "std::process",
    "std::fs",
];
/// Libraries that only these modules may name.
const CONFINED: &[(&str, &[&str])] = &[
    ("sqlx", &["store"]),
    ("teloxide", &["channel"]),
    ("axum", &["web", "app", "channel"]),
    ("maud", &["web"]),
    ("redis", &["queue", "events", "app"]),
];
/// The one door through which the core's files come in: it reads a folder and decides nothing.
const READS_FILES: &str = "knowledge/load.rs";
/// The longest file, in lines.
const LONGEST: usize = 400;

/// The modules of the crate's root that a source names, by `crate::` or by climbing up with `super`.
/// `depth` is how many modules the file lies under the root.
fn roots_named(tokens: &[Token], depth: usize) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let (mut braces, mut inline) = (0_usize, Vec::new());
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Open => {
                braces += 1;
                let before = at.checked_sub(2).map(|two| &tokens[two]);
                if before == Some(&Token::Word("mod".to_owned())) {
                    inline.push(braces);
                }
            }
            Token::Close => {
                if inline.last() == Some(&braces) {
                    inline.pop();
                }
                braces = braces.saturating_sub(1);
            }
            Token::Word(word) if word == "crate" => after_path(tokens, at, &mut found),
            Token::Word(word) if word == "super" => {
                let climbed = supers_before(tokens, at) + 1;
                if climbed == depth + inline.len() {
                    after_path(tokens, at, &mut found);
                }
            }
            _ => {}
        }
    }
    found
}

fn supers_before(tokens: &[Token], at: usize) -> usize {
    let word = Token::Word("super".to_owned());
    let mut pairs = tokens[..at].rchunks_exact(2);
    std::iter::from_fn(|| pairs.next())
        .take_while(|pair| pair[0] == word && pair[1] == Token::Path)
        .count()
}

/// What follows `crate`: one name, or the first names of a group.
fn after_path(tokens: &[Token], at: usize, found: &mut BTreeSet<String>) {
    if tokens.get(at + 1) != Some(&Token::Path) {
        return;
    }
    match tokens.get(at + 2) {
        Some(Token::Word(word)) => drop(found.insert(word.clone())),
        Some(Token::Open) => {
            let (mut depth, mut first) = (1_usize, true);
            for token in &tokens[at + 3..] {
                match token {
                    Token::Open => depth += 1,
                    Token::Close if depth == 1 => return,
                    Token::Close => depth -= 1,
                    Token::Other(',') if depth == 1 => first = true,
                    Token::Word(word) if first => {
                        found.insert(word.clone());
                        first = false;
                    }
                    _ => {}
                }
            }
        }
        _ => {}
    }
}

/// Whether a word or a path such as `Timestamp::now` is named.
fn names(tokens: &[Token], path: &str) -> bool {
    let wanted: Vec<Token> = path
        .split("::")
        .flat_map(|word| [Token::Path, Token::Word(word.to_owned())])
        .skip(1)
        .collect();
    tokens.windows(wanted.len()).any(|window| window == wanted)
}

/// What is wrong with one file, given its path below `src`.
fn faults(path: &str, source: &str) -> Vec<String> {
    let parts: Vec<&str> = path.trim_end_matches(".rs").split('/').collect();
    let module = parts[0];
    let depth = parts.len() - usize::from(parts.last() == Some(&"mod"));
    let tokens = tokens(source);
    let mut faults = Vec::new();
    if source.lines().count() > LONGEST {
        faults.push(format!("{path} has more than {LONGEST} lines: split it by noun"));
    }
    if !ROOTS.contains(&module) {
        let Some((_, allowed)) = ALLOWED.iter().find(|(name, _)| *name == module) else {
            return vec![format!("{path}: the module {module} is not in the table of directions")];
        };
        let known = |name: &String| {
            ALLOWED.iter().any(|(known, _)| known == name) || ROOTS.contains(&name.as_str())
        };
        for used in roots_named(&tokens, depth).iter().filter(|used| known(used)) {
            if used != module && !allowed.contains(&used.as_str()) {
                faults.push(format!("{path}: {module} may not use {used}"));
            }
        }
    }
    if PURE.contains(&module) {
        let impure = IMPURE.iter().filter(|name| names(&tokens, name));
        let impure = impure.filter(|name| !(name.starts_with("std::") && path == READS_FILES));
        faults.extend(impure.map(|name| format!("{path}: {module} is pure and names {name}")));
    }
    for (library, homes) in CONFINED {
        if !homes.contains(&module) && !ROOTS.contains(&module) && names(&tokens, library) {
            faults.push(format!("{path}: {library} belongs to {}", homes.join(" and ")));
        }
    }
    faults
}

fn rust_files(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of the source") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            rust_files(&path, into);
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            into.push(path);
        }
    }
}

#[test]
fn modules_use_only_what_the_table_allows() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&src, &mut files);
    assert!(files.len() > 100, "only {} files were found", files.len());
    let faults: Vec<String> = files
        .iter()
        .flat_map(|file| {
            let path = file.strip_prefix(&src).expect("below src").to_string_lossy();
            faults(&path.replace('\\', "/"), &fs::read_to_string(file).expect("a source"))
        })
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_module_is_in_the_table() {
    let root = include_str!("../../src/lib.rs");
    let declared: BTreeSet<&str> =
        root.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    assert!(declared.len() > 10);
    for name in declared {
        let known = ALLOWED.iter().any(|(known, _)| *known == name) || ROOTS.contains(&name);
        assert!(known, "{name} has no line in the table of directions");
    }
}

#[test]
fn migrations_tell_their_rules() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let rules = fs::read_to_string(folder.join("README.md")).expect("migrations/README.md");
    assert!(rules.len() > 200, "the rules of migrations are told");
    let numbered = fs::read_dir(&folder).expect("migrations").filter_map(|entry| {
        let name = entry.ok()?.file_name().into_string().ok()?;
        (Path::new(&name).extension()? == "sql").then_some(name)
    });
    for name in numbered {
        let number = name.split('_').next().unwrap_or_default();
        assert!(number.len() == 4 && number.bytes().all(|b| b.is_ascii_digit()), "{name}");
    }
}

#[test]
fn a_wrong_direction_is_found_however_it_is_written() {
    for (path, source) in [
        ("store/ticket.rs", "use crate::queue::Queue;"),
        ("web/desk/mod.rs", "fn f() { crate::store::ticket::get(); }"),
        ("dialogue/mod.rs", "use crate::{domain::id::TicketId, text::bot};"),
        ("dialogue/mod.rs", "use crate::{domain::{id, time}, store};"),
        ("channel/rest.rs", "use super::super::service::House;"),
        ("channel/telegram/mod.rs", "use super::super::service::House;"),
        ("sla/run.rs", "#[cfg(test)] mod tests { use crate::store::Db; }"),
        ("sla/run.rs", "mod tests { use super::super::super::store::Db; }"),
        ("queue/lane.rs", "macro_rules! m { () => { $crate::store::x() } }"),
        ("service/desk.rs", "use crate::web::router;"),
        ("service/desk.rs", "use crate::config::Config;"),
        ("events.rs", "use super::service::House;"),
        ("new_thing/mod.rs", "fn nothing() {}"),
    ] {
        assert_eq!(faults(path, source).len(), 1, "{path}: {source}");
    }
}

#[test]
fn an_impure_core_and_a_library_out_of_place_are_found() {
    for (path, source) in [
        ("domain/time.rs", "fn now() -> i64 { std::time::SystemTime::now() }"),
        ("sla/run.rs", "use jiff::Timestamp; fn f() { Timestamp::now(); }"),
        ("dialogue/mod.rs", "async fn step() {}"),
        ("nlu/model.rs", "fn f() { let id = uuid::Uuid::now_v7(); }"),
        ("knowledge/lookup.rs", "use std::fs;"),
        ("service/desk.rs", "fn f() { sqlx::query(\"\"); }"),
        ("store/ticket.rs", "use axum::Router;"),
    ] {
        assert_eq!(faults(path, source).len(), 1, "{path}: {source}");
    }
    assert_eq!(faults("knowledge/load.rs", "use std::fs;"), Vec::<String>::new());
    let long = "\n".repeat(LONGEST + 1);
    assert_eq!(faults("domain/id.rs", &long).len(), 1);
}

#[test]
fn comments_strings_and_the_modules_own_paths_are_no_uses() {
    for (path, source) in [
        (
            "domain/id.rs",
            "/// See `crate::store`.\n// crate::queue::x\n/* use crate::web; /* a */ crate::app */",
        ),
        (
            "domain/id.rs",
            r##"const A: &str = "use crate::store;"; const B: &str = r#"crate::web"#;"##,
        ),
        (
            "domain/id.rs",
            r#"fn f<'a>(c: char) -> bool { c == '"' || c == '\'' || c == '\u{e9}' } "#,
        ),
        ("dialogue/human.rs", "mod tests { use super::super::text; }"),
        ("dialogue/human.rs", "use super::text; use crate::dialogue::State;"),
        ("app.rs", "use crate::web; use crate::store::Db; use redis::Client;"),
        ("queue/mod.rs", "use crate::domain::id; use crate::routing::eligibility;"),
    ] {
        assert_eq!(faults(path, source), Vec::<String>::new(), "{path}: {source}");
    }
    let tricky = r#"let quote = '"'; use crate::store::Db;"#;
    assert_eq!(faults("domain/id.rs", tricky).len(), 1, "a quote in a character opens no string");
}
